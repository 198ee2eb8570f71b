import Graphs

extension ONNXEncoder {
  /// A `TensorProto`: values as `raw_data`, strings as `string_data`, or a place in the file beside.
  mutating func tensor(
    _ constant: Constant,
    named name: String,
    mayLieBeside: Bool,
    _ writer: inout WireWriter
  ) throws(ONNXError) {
    try check(constant, named: name)
    for size in constant.shape { writer.int(1, size) }
    writer.int(2, Int(constant.type.rawValue))
    for string in constant.strings { writer.data(ElementType.string.valueField, string) }
    writer.optional(8, name)
    writer.fields(constant.unknownFields)
    guard constant.type != .string else { return }
    guard mayLieBeside, let place = placeBeside(constant.bytes) else {
      return writer.weights(9, constant.bytes)
    }
    let entries = [
      ("location", place.file), ("offset", "\(place.offset)"),
      ("length", "\(constant.bytes.count)"),
    ]
    for (key, value) in entries {
      try writer.message(13) { writer in
        writer.string(1, key)
        writer.string(2, value)
      }
    }
    writer.int(14, 1)
  }

  private func check(_ constant: Constant, named name: String) throws(ONNXError) {
    let count = Shape(constant.shape).count
    let isString = constant.type == .string
    let expected = isString ? count : count.flatMap { constant.type.byteCount(of: $0) }
    let found = isString ? constant.strings.count : constant.bytes.count
    guard expected == found, constant.shape.allSatisfy({ $0 >= 0 }) else {
      throw .unwritable(
        .wrongSize(
          tensor: name,
          type: constant.type,
          shape: constant.shape,
          expected: expected,
          found: found
        )
      )
    }
  }
}

extension Graph {
  /// The file format version to write: the stated one, or the least that the content needs where that is more.
  ///
  /// The versions of operator sets are those of `onnx.helper.VERSION_TABLE`.
  var leastIRVersion: Int {
    var least = model.irVersion
    if least == 0 {
      let firstOpsets = [(9, 4), (10, 5), (11, 6), (12, 7), (15, 8), (19, 9), (21, 10), (23, 11)]
      let laterOpsets = [(24, 12), (25, 13), (28, 14)]
      least = (firstOpsets + laterOpsets).last { $0.0 <= model.opset }?.1 ?? 3
    }
    if !model.functions.isEmpty { least = Swift.max(least, 8) }
    // Before version 4 every initialiser had to be an input as well.
    if least < 4, !constants.isEmpty {
      let names = Set(inputs.map(\.name))
      if !constants.names.allSatisfy(names.contains) { least = 4 }
    }
    return least
  }
}
