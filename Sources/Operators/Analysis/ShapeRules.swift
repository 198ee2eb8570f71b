package import Graphs

/// Shape rules, and parts of them, that several families share.
package enum ShapeRules {
  /// Output 0 has the type and sizes of input 0, and its value where `keepsValue` says that nothing is changed.
  package static func same(keepsValue: Bool = false) -> ShapeRule {
    { (call) throws(OperatorError) in
      var facts = try call.input(0)
      if !keepsValue { facts.value = nil }
      return [facts]
    }
  }

  /// Nothing is known of `count` outputs.
  package static func unknown(_ count: Int = 1) -> ShapeRule {
    { (_) throws(OperatorError) in [ValueFacts](repeating: .unknown, count: count) }
  }

  /// All inputs broadcast to the output, which has `element` or the first known type.
  package static func broadcast(element: ElementType? = nil) -> ShapeRule {
    { (call) throws(OperatorError) in
      let inputs = call.inputs.compactMap(\.self)
      var sizes: [Int?]? = []
      for input in inputs { sizes = try broadcast(sizes, input.sizes) }
      return [
        ValueFacts(element: element ?? inputs.lazy.compactMap(\.element).first, sizes: sizes)
      ]
    }
  }

  /// The shape that two shapes broadcast to; nil where they do not.
  package static func broadcast(_ left: [Int], _ right: [Int]) -> [Int]? {
    let rank = max(left.count, right.count)
    var result: [Int] = []
    result.reserveCapacity(rank)
    for axis in 0..<rank {
      let a = axis < rank - left.count ? 1 : left[axis - (rank - left.count)]
      let b = axis < rank - right.count ? 1 : right[axis - (rank - right.count)]
      guard a == b || a == 1 || b == 1 else { return nil }
      result.append(a == 1 ? b : a)
    }
    return result
  }

  /// The sizes that two operands broadcast to, as far as they are known.
  ///
  /// - Throws: ``OperatorError/mismatch(_:)`` where two known sizes differ and neither is 1.
  package static func broadcast(
    _ left: [Int?]?,
    _ right: [Int?]?
  ) throws(OperatorError) -> [Int?]? {
    guard let left, let right else { return nil }
    let rank = max(left.count, right.count)
    var result: [Int?] = []
    result.reserveCapacity(rank)
    for axis in 0..<rank {
      let a = axis < rank - left.count ? 1 : left[axis - (rank - left.count)]
      let b = axis < rank - right.count ? 1 : right[axis - (rank - right.count)]
      switch (a, b) {
      case (1?, _): result.append(b)
      case (_, 1?): result.append(a)
      case (let a?, let b?):
        guard a == b else {
          throw .mismatch("sizes \(describe(left)) and \(describe(right)) do not broadcast")
        }
        result.append(a)
      // An unknown size that meets a known one other than 1 must equal it or be 1.
      case (let size?, nil), (nil, let size?): result.append(size)
      case (nil, nil): result.append(nil)
      }
    }
    return result
  }

  /// An axis counted from the front, from one that may be negative.
  package static func axis(_ axis: Int, rank: Int) throws(OperatorError) -> Int {
    guard axis >= -rank, axis < rank else {
      throw .mismatch("axis \(axis) is outside a tensor of \(rank) axes")
    }
    return axis < 0 ? axis + rank : axis
  }

  /// Sizes joined by ×, `?` where one is not known.
  package static func describe(_ sizes: [Int?]) -> String {
    sizes.isEmpty ? "scalar" : sizes.map { $0.map(String.init) ?? "?" }.joined(separator: "×")
  }
}

extension ShapeCall {
  /// The value of an input as whole numbers.
  ///
  /// - Throws: ``OperatorError/notStatic(_:)`` where it depends on the data.
  package func integers(_ index: Int, _ what: String) throws(OperatorError) -> [Int] {
    guard let values = try input(index).value?.integers else { throw .notStatic(what) }
    return values
  }
}
