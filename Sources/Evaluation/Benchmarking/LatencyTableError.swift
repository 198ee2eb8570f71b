package import Files

/// Why a file is no latency table.
package enum LatencyTableError: Error, Sendable, Hashable {
  case file(FileError)
  /// A line of a file, counted from 1.
  case line(String, Int, Problem)

  /// What is wrong with a line.
  package enum Problem: Error, Sendable, Hashable {
    case empty
    case noHeader(String)
    case unit(String)
    case fields(Int)
    case key(String)
    case time(String)
    case twice(String, line: Int)
    /// A table that cannot grow here, since its times are those of another machine.
    case hardware(String, here: String)
  }
}

extension LatencyTableError: CustomStringConvertible {
  /// The file, the line, what was found, and the cure.
  package var description: String {
    switch self {
    case .file(let error): "latency table: \(error)"
    case .line(let path, let line, let problem): "\(path):\(line): \(problem)"
    }
  }
}

extension LatencyTableError.Problem: CustomStringConvertible {
  /// What was found, and the cure.
  package var description: String {
    switch self {
    case .empty:
      "a latency table without a line; its first is 'op_type', the machine and 'us', divided by tabs; "
        + "'espalier bench MODEL --table FILE' writes one"
    case .noHeader(let text):
      "'\(text.prefix(80))' is not the first line of a latency table: 'op_type', the machine and 'us', "
        + "divided by tabs"
    case .unit(let unit):
      "the unit is '\(unit)'; state the times in microseconds and the unit as 'us'"
    case .fields(let count):
      "\(count) \(count == 1 ? "field" : "fields"), not 2: a key and its microseconds, divided by a tab"
    case .key(let key):
      "'\(key.prefix(80))' is not a key; a convolution's is "
        + "conv,bias,relu,1,channels,height,width,filters,groups,kernel,pad,stride,dilation, bias and relu "
        + "being 0 or 1"
    case .time(let text): "'\(text)' is no time: a number of microseconds, 0 or more"
    case .twice(let key, let line):
      "'\(key)' has another time here than in line \(line); keep one of the two"
    case .hardware(let found, let here):
      "the table is of '\(found)', and this is '\(here)'; name another file, or begin it anew with --fresh"
    }
  }
}
