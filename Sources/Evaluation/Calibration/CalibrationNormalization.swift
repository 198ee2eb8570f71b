package import Datasets

/// Normalizations as options and recipes write them.
package enum CalibrationNormalization {
  /// The names that are understood.
  package static let names = Normalization.presets.map(\.name)

  /// The normalization of a name, or of `order:divisor:means:deviations`.
  ///
  /// - Throws: ``CalibrationError/normalization(_:)``.
  package static func read(_ text: String) throws(CalibrationError) -> Normalization {
    if let known = Normalization.presets.first(where: { $0.name == text }) {
      return known.value
    }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 4, let order = Normalization.Order(rawValue: parts[0]),
      let divisor = Double(parts[1]), divisor != 0
    else { throw .normalization(text) }
    let numbers = parts[2...3].map { $0.split(separator: ",").compactMap { Double($0) } }
    guard numbers.allSatisfy({ $0.count == 3 }), !numbers[1].contains(0) else {
      throw .normalization(text)
    }
    return Normalization(divisor: divisor, mean: numbers[0], deviation: numbers[1], order: order)
  }
}
