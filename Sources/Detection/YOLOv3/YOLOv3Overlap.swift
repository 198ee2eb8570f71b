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
    let predicted = try edges(ATen.one("sigmoid", ATen.one("narrow", rows, 1, 0, 2)), rows)
    let truth = try edges(ATen.one("narrow", wanted, 1, 0, 2), wanted)
    let low = try ATen.one("maximum", predicted.low, truth.low)
    let high = try ATen.one("minimum", predicted.high, truth.high)
    let sides = try ATen.one("clamp_min", ATen.one("sub", "Tensor", high, low), 0)
    let meeting = try area(sides)
    let both = try ATen.one("add", "Tensor", area(predicted.sides), area(truth.sides))
    let union = try ATen.one("sub", "Tensor", both, meeting)
    return try ATen.one("div", "Tensor", meeting, ATen.one("add", "Scalar", union, 1e-10))
  }

  private func edges(
    _ center: Tensor,
    _ rows: Tensor
  ) throws -> (low: Tensor, high: Tensor, sides: Tensor) {
    let sides = try ATen.one(
      "mul",
      "Tensor",
      ATen.one("exp", ATen.one("narrow", rows, 1, 2, 2)),
      anchors
    )
    let low = try ATen.one("sub", "Tensor", center, sides, 0.5)
    let high = try ATen.one("add", "Tensor", center, sides, 0.5)
    return (low, high, sides)
  }

  /// The product of the two columns, rows x 1.
  private func area(_ sides: Tensor) throws -> Tensor {
    try ATen.one("prod", "dim_int", sides, 1, true)
  }
}
