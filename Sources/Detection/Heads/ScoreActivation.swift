import Glibc

extension HeadOptions.Activation {
  /// Scores of what rows of outputs say.
  ///
  /// - Parameters:
  ///   - values: row after row.
  ///   - columns: the length of a row.
  /// - Returns: as many scores.
  func applied(to values: [Float], columns: Int) -> [Float] {
    switch self {
    case .none: return values
    case .sigmoid: return values.map { 1 / (1 + exp(-$0)) }
    case .softmax:
      var result = values
      for start in stride(from: 0, to: values.count, by: max(1, columns)) {
        let row = start..<min(start + columns, values.count)
        let most = values[row].max() ?? 0
        var sum: Float = 0
        for place in row {
          result[place] = exp(values[place] - most)
          sum += result[place]
        }
        for place in row { result[place] /= sum }
      }
      return result
    }
  }
}

extension NetworkInterface {
  /// How scores are made of an output: not at all where the network does it itself, and `other` where it does not.
  func activation(
    of output: Value,
    else other: HeadOptions.Activation
  ) -> HeadOptions.Activation {
    has(.sigmoid, before: output) || has(.softmax, before: output) ? .none : other
  }

  /// The number of classes that the file names, where it names any.
  var namedClasses: Int? {
    let count = ClassNames.of(self).count
    return count > 0 ? count : nil
  }
}
