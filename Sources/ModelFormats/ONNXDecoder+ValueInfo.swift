import Graphs

extension ONNXDecoder {
  /// A named value with its type.
  func valueInfo(_ message: WireReader) throws(ONNXError) -> ValueInfo {
    var reader = message
    var info = ValueInfo("", type: ValueType(element: nil, shape: nil))
    var isTyped = false
    while let field = try reader.next() {
      switch field.number {
      case 1: info.name = try reader.string(field)
      case 2:
        guard !isTyped else { throw twice(field, in: reader) }
        isTyped = true
        let start = reader
        let inner = try reader.inner(field, "TypeProto")
        let (type, isPlain) = try type(inner)
        info.type = type
        if inner.left == 0 {
          reader = start
          try reader.keep(field, in: &info.unknownFields)
        } else if !isPlain {
          info.otherType = inner.copy(inner.rest)
        }
      default: try reader.keep(field, in: &info.unknownFields)
      }
    }
    return info
  }

  /// A type, and whether `ValueType` says all of it.
  func type(_ message: WireReader) throws(ONNXError) -> (ValueType, isPlain: Bool) {
    var reader = message
    var type = ValueType(element: nil, shape: nil)
    var isPlain = true
    var isTensor = false
    while let field = try reader.next() {
      guard field.number == 1 else {
        isPlain = false
        try reader.skip(field)
        continue
      }
      guard !isTensor else { throw twice(field, in: reader) }
      isTensor = true
      var inner = try reader.inner(field, "TypeProto.Tensor")
      while let field = try inner.next() {
        switch field.number {
        case 1:
          type.element = ElementType(rawValue: Int32(truncatingIfNeeded: try inner.int(field)))
        case 2:
          guard type.shape == nil else { throw twice(field, in: inner) }
          let (shape, isPlainShape) = try shape(try inner.inner(field, "TensorShapeProto"))
          type.shape = shape
          isPlain = isPlain && isPlainShape
        default:
          isPlain = false
          try inner.skip(field)
        }
      }
    }
    return (type, isPlain && isTensor && type.element != nil)
  }

  private func shape(_ message: WireReader) throws(ONNXError) -> (Shape, isPlain: Bool) {
    var reader = message
    var shape = Shape([Dimension]())
    var isPlain = true
    while let field = try reader.next() {
      guard field.number == 1 else {
        isPlain = false
        try reader.skip(field)
        continue
      }
      var inner = try reader.inner(field, "TensorShapeProto.Dimension")
      var dimension = Dimension.unknown
      while let field = try inner.next() {
        switch field.number {
        case 1:
          let size = try inner.int(field)
          // Some exporters write -1 for a size that is open.
          dimension = size < 0 ? .unknown : .known(size)
          isPlain = isPlain && size >= 0
        case 2: dimension = .symbolic(try inner.string(field))
        default:
          isPlain = false
          try inner.skip(field)
        }
      }
      shape.dimensions.append(dimension)
    }
    return (shape, isPlain)
  }
}
