package import Graphs
package import Models

/// How far two runtimes' outputs lie apart.
package struct OutputDifference: Sendable, Hashable {
  /// An output of whole numbers, labels or masks, which are equal or not.
  package struct Equality: Sendable, Hashable {
    package let output: String
    /// The share of elements that are not equal.
    package let unequal: Double
  }

  /// The greatest difference of any float output's values, as a share of that output's greatest magnitude; nil where there is none to
  /// compare.
  package private(set) var share: Double?
  /// Outputs that are no floats, by name.
  package private(set) var whole: [Equality] = []
  /// Outputs that cannot be compared, by name.
  package private(set) var leftOut: [ComparedOutputs.LeftOut] = []

  /// Compares outputs by name.
  package init(_ found: [String: Constant], of expected: [String: Constant]) {
    for (name, reference) in expected.sorted(by: { $0.key < $1.key }) {
      guard let array = found[name] else {
        leftOut.append(.init(output: name, reason: "it is missing"))
        continue
      }
      guard array.shape == reference.shape else {
        let reason = "it is \(Shape(array.shape)), not \(Shape(reference.shape))"
        leftOut.append(.init(output: name, reason: reason))
        continue
      }
      if let values = array.floats, let wanted = reference.floats {
        share = max(share ?? 0, Self.share(values, of: wanted))
      } else if let values = array.integers, let wanted = reference.integers {
        let unequal = zip(values, wanted).count { $0 != $1 }
        whole.append(.init(output: name, unequal: Double(unequal) / Double(max(wanted.count, 1))))
      } else {
        leftOut.append(.init(output: name, reason: "it holds \(array.type)"))
      }
    }
  }

  /// The greatest difference of any float output.
  ///
  /// - Returns: nil where outputs are missing or of other sizes.
  package static func share(
    _ found: [String: Constant],
    of expected: [String: Constant]
  ) -> Double? {
    let difference = OutputDifference(found, of: expected)
    return difference.leftOut.isEmpty ? difference.share : nil
  }

  private static func share(_ values: [Float], of wanted: [Float]) -> Double {
    let scale = wanted.reduce(0) { max($0, abs(Double($1))) }
    let apart = zip(values, wanted).reduce(0) {
      max($0, $1.0 == $1.1 ? 0 : abs(Double($1.0) - Double($1.1)))
    }
    return apart > 0 ? apart / max(scale, .leastNormalMagnitude) : 0
  }
}
