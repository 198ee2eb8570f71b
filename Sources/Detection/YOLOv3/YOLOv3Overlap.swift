import Datasets
import Operators
import Tensors

/// IoU of predicted boxes with wanted ones, recorded by autograd; both in cells of the map, relative to the prediction's cell.
struct YOLOv3Overlap: Sendable {
  /// For each row the anchor's width and height in cells.
  private let anchors: Tensor

  init(_ map: YOLOv3Map, _ targets: YOLOv3Targets) throws {
    let stride = Float(map.stride)
    let shapes = targets.places[1].flatMap { place in
      let anchor = map.anchors[Int(place)]
      return [anchor.width / stride, anchor.height / stride]
    }
    anchors = try Tensor(shapes, shape: [targets.count, 2]).moved(to: map.tensor.device)
  }

  /// The IoU of each row of predictions with its wanted box, rows x 1.
  func iou(_ rows: Tensor, _ wanted: Tensor) throws -> Tensor {
    let predicted = try edges(rows.narrowed(along: 1, from: 0, count: 2).sigmoid(), rows)
    let truth = try edges(wanted.narrowed(along: 1, from: 0, count: 2), wanted)
    let low = try predicted.low.maximum(truth.low)
    let high = try predicted.high.minimum(truth.high)
    let sides = try (high - low).clamped(min: 0)
    let meeting = try area(sides)
    let both = try area(predicted.sides) + area(truth.sides)
    let union = try both - meeting
    return try meeting / (union + 1e-10)
  }

  private func edges(
    _ center: Tensor,
    _ rows: Tensor
  ) throws -> (low: Tensor, high: Tensor, sides: Tensor) {
    let sides = try rows.narrowed(along: 1, from: 2, count: 2).exp() * anchors
    let low = try center.subtracting(sides, times: 0.5)
    let high = try center.adding(sides, times: 0.5)
    return (low, high, sides)
  }

  /// The product of the two columns, rows x 1.
  private func area(_ sides: Tensor) throws -> Tensor {
    try sides.product(along: 1, keepingAxis: true)
  }
}
