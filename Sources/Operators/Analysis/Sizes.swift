import Graphs

/// Arithmetic on the sizes of axes, where an unknown one is nil.
enum Sizes {
  /// A product, nil where a factor is unknown and none is zero, or where it is larger than any number here.
  static func product(_ sizes: some Sequence<Int?>) -> Int? {
    var result: Int? = 1
    for size in sizes {
      if size == 0 { return 0 }
      result = result.flatMap { known in
        size.flatMap {
          let (product, overflows) = known.multipliedReportingOverflow(by: $0)
          return overflows ? nil : product
        }
      }
    }
    return result
  }

  /// The most axes, the largest axis and the most elements that a tensor may have: far above any machine, and safe to multiply.
  private static let largest = (rank: 64, axis: Int(Int32.max), elements: 1 << 58)

  /// Refuses sizes that no tensor can have, so that rules may multiply those that are known.
  static func requireTensor(_ sizes: [Int?]?) throws(OperatorError) {
    guard sizes?.count ?? 0 <= largest.rank else {
      throw .mismatch("a tensor of \(sizes?.count ?? 0) axes, where \(largest.rank) is the most")
    }
    var elements = 1
    for case let size? in sizes ?? [] {
      let (product, overflows) = elements.multipliedReportingOverflow(by: max(1, size))
      guard 0...largest.axis ~= size, !overflows, product <= largest.elements else {
        throw .mismatch("sizes \(ShapeRules.describe(sizes ?? [])) fit no tensor")
      }
      elements = product
    }
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

  /// As many unknown sizes as a vector of axes or sizes has entries; nil for a number that is no tensor's rank.
  static func unknown(_ rank: Int?) -> [Int?]? {
    guard let rank, 0...largest.rank ~= rank else { return nil }
    return [Int?](repeating: nil, count: rank)
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
