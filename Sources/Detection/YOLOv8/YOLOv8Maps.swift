import Datasets
import Operators
import Tensors

/// What a network of ``YOLOv8Task`` says before it decodes, and its cells.
struct YOLOv8Maps {
  /// Logits over whole distances, in cells: images x cells x 4 sides x bins.
  let distributions: Tensor
  /// Images x cells x classes.
  let logits: Tensor
  let grid: GridCells

  var images: Int { logits.shape[0] }
  var cells: Int { logits.shape[1] }
  var classes: Int { logits.shape[2] }
  var bins: Int { distributions.shape[3] }

  /// - Throws: ``DetectionError`` where the values are not there, or of another number of cells.
  init(_ outputs: [String: Tensor], _ input: PixelSize, strides: [Int]) throws {
    guard let distributions = outputs[YOLOv8Task.distributionsName],
      let logits = outputs[YOLOv8Task.logitsName]
    else {
      throw DetectionError.outputs(
        task: YOLOv8Task.name,
        "the values before decoding were not read from the network"
      )
    }
    let count = logits.shape[1]
    guard
      let strides = strides.isEmpty ? GridCells.strides(of: count, in: input) : strides,
      GridCells(input, strides: strides).count == count
    else {
      throw DetectionError.outputs(
        task: YOLOv8Task.name,
        "\(count) cells fit no maps of an input of \(input.width)x\(input.height); give the task's 'strides'"
      )
    }
    self.distributions = distributions
    self.logits = logits
    grid = GridCells(input, strides: strides)
  }

  /// The numbers of bins, on the device.
  func steps() throws -> Tensor {
    try Tensor((0..<bins).map(Float.init), shape: [bins]).moved(to: logits.device)
  }

  /// The cells' middles in cells of their map, and their strides.
  func points() -> [(x: Double, y: Double, stride: Double)] {
    var points: [(x: Double, y: Double, stride: Double)] = []
    points.reserveCapacity(cells)
    grid.forEach { _, column, row, stride in
      points.append((Double(column) + 0.5, Double(row) + 0.5, Double(stride)))
    }
    return points
  }
}
