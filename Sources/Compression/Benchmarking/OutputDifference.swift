package import Graphs

/// How far two runtimes' outputs lie apart.
package enum OutputDifference {
  /// The greatest difference of any output's values, as a share of that output's greatest magnitude.
  ///
  /// - Returns: nil where outputs are missing or of other sizes.
  package static func share(
    _ found: [String: Constant],
    of expected: [String: Constant]
  ) -> Double? {
    var greatest = 0.0
    for (name, reference) in expected {
      guard let array = found[name], array.shape == reference.shape,
        let values = numbers(array), let wanted = numbers(reference)
      else { return nil }
      let scale = wanted.reduce(0) { max($0, abs($1)) }
      let apart = zip(values, wanted).reduce(0) { max($0, $1.0 == $1.1 ? 0 : abs($1.0 - $1.1)) }
      guard apart > 0 else { continue }
      greatest = max(greatest, apart / max(scale, .leastNormalMagnitude))
    }
    return greatest
  }

  private static func numbers(_ array: Constant) -> [Double]? {
    array.floats?.map(Double.init) ?? array.integers?.map(Double.init)
  }
}
