/// The lines of a text file of plain columns, with their numbers.
struct TextRows: Sendable {
  struct Row: Sendable {
    /// From 1.
    let line: Int
    let words: [String]

    /// The words from a place on as finite numbers; nil where one is none.
    func numbers(from first: Int) -> [Double]? {
      let numbers = words.dropFirst(first).map { Double($0) ?? .nan }
      return numbers.allSatisfy(\.isFinite) ? numbers : nil
    }
  }

  let path: String
  /// Rows that are not empty.
  let rows: [Row]

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - wanted: what the file should be, for the message where there is none.
  /// - Throws: ``DataError`` for a file that cannot be read, or that is in another encoding.
  init(_ path: String, wanted: String) throws(DataError) {
    self.path = path
    rows = try TextLines.read(path, wanted: wanted).enumerated().compactMap { number, text in
      let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
      return words.isEmpty ? nil : Row(line: number + 1, words: words)
    }
  }

  /// A problem with a row.
  func problem(_ kind: DataProblem.Kind, _ row: Row, _ message: String) -> DataProblem {
    DataProblem(kind, path: path, line: row.line, message: message)
  }
}
