internal import Files

/// The lines of text files.
enum TextLines {
  /// The lines of a text file in UTF-8.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - wanted: what the file should be, for the message where there is none.
  /// - Returns: the lines, without their ends.
  /// - Throws: ``DataError`` for a file that cannot be read, or that is in another encoding.
  static func read(_ path: String, wanted: String) throws(DataError) -> [Substring] {
    let bytes: [UInt8]
    do { bytes = try File.contents(of: path, acceptsPipes: false) } catch {
      throw .missing(path: path, wanted: "\(wanted) (\(error.reason))")
    }
    do { return TextEncoding.lines(of: try TextEncoding.decode(bytes)) } catch {
      throw .problem(DataProblem(.brokenAnnotation, path: path, line: 1, message: "\(error)"))
    }
  }
}
