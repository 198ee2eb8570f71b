import Graphs

/// Arithmetic on the sizes of axes, where an unknown one is nil.
enum Sizes {
  /// A product, nil where a factor is unknown and none is zero.
  static func product(_ sizes: some Sequence<Int?>) -> Int? {
    var result: Int? = 1
    for size in sizes {
      if size == 0 { return 0 }
      result = result.flatMap { known in size.map { known * $0 } }
    }
    return result
  }

  /// Axes counted from the front, each once.
  static func axes(_ axes: [Int], rank: Int) throws(OperatorError) -> [Int] {
    var result: [Int] = []
    for entry in axes {
      let axis = try ShapeRules.axis(entry, rank: rank)
      guard !result.contains(axis) else { throw .mismatch("axis \(entry) is named twice") }
      result.append(axis)
    }
    return result
  }

  /// As many unknown sizes as a vector of axes or sizes has entries.
  static func unknown(_ rank: Int?) -> [Int?]? {
    rank.map { [Int?](repeating: nil, count: $0) }
  }
}

/// Flat positions of a tensor's elements.
enum Positions {
  /// The positions that a walk over `shape` visits when a step along axis `i` moves by `strides[i]`.
  static func strided(_ shape: [Int], strides: [Int], from start: Int = 0) -> [Int] {
    var result = [start]
    for (size, stride) in zip(shape, strides) {
      result = result.flatMap { base in (0..<size).map { base + $0 * stride } }
    }
    return result
  }

  /// Row-major strides of a shape.
  static func strides(_ shape: [Int]) -> [Int] {
    var result = [Int](repeating: 1, count: shape.count)
    for axis in shape.indices.dropLast().reversed() {
      result[axis] = result[axis + 1] * shape[axis + 1]
    }
    return result
  }
}
