import Datasets
import Tensors

/// The output of one scale, and the anchors that it speaks of.
struct YOLOv3Map: Sendable {
  /// Images x anchors (5 + classes) x rows x columns.
  let tensor: Tensor
  /// The name of the output.
  let name: String
  /// Places of its anchors among the task's.
  let mask: [Int]
  let anchors: [YOLOv3Options.Anchor]
  let images: Int
  let rows: Int
  let columns: Int
  /// Pixels of the input that a cell spans each way.
  let stride: Int

  /// The cells of an anchor's plane.
  var cells: Int { rows * columns }
}

extension YOLOv3Task {
  /// The outputs in order of scale: `yolo_output.0` and on, or else maps of fitting shape, the coarsest first.
  func maps(
    of outputs: [String: Tensor],
    inputSize: PixelSize,
    images: Int
  ) throws(DetectionError) -> [YOLOv3Map] {
    let named = options.masks.indices.map { "yolo_output.\($0)" }
    let names: [String]
    if named.contains(where: { outputs[$0] != nil }) {
      for name in named where outputs[name] == nil {
        throw .outputs(task: Self.name, "there is no output '\(name)'; \(Self.listed(outputs))")
      }
      names = named
    } else {
      names = try foreignNames(outputs)
    }
    var maps: [YOLOv3Map] = []
    for (name, mask) in zip(names, options.masks) {
      guard let tensor = outputs[name] else { continue }
      maps.append(try map(tensor, name, mask, inputSize: inputSize, images: images))
    }
    return maps
  }

  /// Outputs of four dimensions with the right channels, from the fewest rows to the most.
  private func foreignNames(_ outputs: [String: Tensor]) throws(DetectionError) -> [String] {
    let widths = Set(options.masks.map { $0.count * (5 + options.classes) })
    let fitting = outputs.filter { $0.value.rank == 4 && widths.contains($0.value.shape[1]) }
      .map { (name: $0.key, shape: $0.value.shape) }
      .sorted { ($0.shape[2] * $0.shape[3], $0.name) < ($1.shape[2] * $1.shape[3], $1.name) }
    guard fitting.count == options.masks.count else {
      let wanted = widths.sorted().map(String.init).joined(separator: " or ")
      throw .outputs(
        task: Self.name,
        "\(options.masks.count) raw maps of \(wanted) channels (anchors x (5 + "
          + "\(options.classes) classes)) are wanted, called yolo_output.0 and on or told by "
          + "their shape; \(Self.listed(outputs))"
      )
    }
    return fitting.map(\.name)
  }

  private func map(
    _ tensor: Tensor,
    _ name: String,
    _ mask: [Int],
    inputSize: PixelSize,
    images: Int
  ) throws(DetectionError) -> YOLOv3Map {
    let shape = tensor.shape
    let channels = mask.count * (5 + options.classes)
    guard shape.count == 4, shape[1] == channels, shape[0] == images else {
      throw .outputs(
        task: Self.name,
        "output '\(name)' is \(tensor); wanted [\(images), \(channels), rows, columns], for "
          + "\(mask.count) anchors x (5 + \(options.classes) classes)"
      )
    }
    let (rows, columns) = (shape[2], shape[3])
    guard rows > 0, columns > 0, inputSize.height.isMultiple(of: rows),
      inputSize.width.isMultiple(of: columns),
      inputSize.height / rows == inputSize.width / columns
    else {
      throw .outputs(
        task: Self.name,
        "output '\(name)' has \(rows)x\(columns) cells, which is no whole part of the input, "
          + "\(inputSize.height)x\(inputSize.width); feed sizes that are multiples of 32"
      )
    }
    return YOLOv3Map(
      tensor: tensor,
      name: name,
      mask: mask,
      anchors: mask.map { options.anchors[$0] },
      images: images,
      rows: rows,
      columns: columns,
      stride: inputSize.height / rows
    )
  }

  private static func listed(_ outputs: [String: Tensor]) -> String {
    if outputs.isEmpty { return "the network has no output" }
    return "the network has "
      + outputs.sorted { $0.key < $1.key }.map { "'\($0.key)' \($0.value)" }
      .joined(separator: ", ")
  }
}
