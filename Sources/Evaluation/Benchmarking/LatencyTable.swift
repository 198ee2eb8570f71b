package import Files
package import Operators

/// What convolutions take on a machine, by key: a file of tabs and lines, in the format of PaddleSlim's latency tables.
///
/// The first line has three fields, `op_type`, the machine and the unit `us`; every other line a key and its microseconds. Rows of
/// other operators are kept and written again, and never asked for.
package struct LatencyTable: Sendable, Hashable {
  /// A line.
  package struct Row: Sendable, Hashable {
    package let key: String
    package var microseconds: Double
  }

  /// The machine, as the first line names it.
  package let hardware: String
  /// The lines below the first, in order.
  package private(set) var rows: [Row] = []
  private var places: [String: Int] = [:]

  /// A table without rows.
  package init(hardware: String) { self.hardware = hardware.filter { $0 != "\t" && !$0.isNewline } }

  /// Reads a table.
  ///
  /// - Throws: ``LatencyTableError`` naming file, line and cure.
  package init(reading path: String) throws(LatencyTableError) {
    let text: String
    do { text = try File.text(of: path, acceptsPipes: false) } catch { throw .file(error) }
    let lines = TextEncoding.lines(of: text).enumerated().compactMap { place, line in
      line.allSatisfy(\.isWhitespace) ? nil : (number: place + 1, text: line)
    }
    guard let first = lines.first else { throw .line(path, 1, .empty) }
    let header = Self.fields(of: first.text)
    guard header.count == 3, header[0] == Self.mark else {
      throw .line(path, first.number, .noHeader(String(first.text)))
    }
    guard header[2] == Self.unit else { throw .line(path, first.number, .unit(header[2])) }
    self.init(hardware: header[1])
    var numbers: [Int] = []
    for line in lines.dropFirst() {
      let row: Row
      do { row = try Self.row(line.text) } catch { throw .line(path, line.number, error) }
      if let place = places[row.key] {
        guard rows[place].microseconds == row.microseconds else {
          throw .line(path, line.number, .twice(row.key, line: numbers[place]))
        }
        continue
      }
      self[row.key] = row.microseconds
      numbers.append(line.number)
    }
  }

  /// The microseconds of a key as ``text`` writes it; setting nil changes nothing.
  private subscript(key: String) -> Double? {
    get { places[key].map { rows[$0].microseconds } }
    set {
      guard let newValue else { return }
      if let place = places[key] {
        rows[place].microseconds = newValue
      } else {
        places[key] = rows.count
        rows.append(Row(key: key, microseconds: newValue))
      }
    }
  }

  /// The microseconds of exactly this convolution; setting nil changes nothing.
  package subscript(convolution: SquareConvolution) -> Double? {
    get { self[convolution.latencyKey] }
    set { self[convolution.latencyKey] = newValue }
  }

  /// The table as a file's text.
  package var text: String {
    let lines = rows.map { "\($0.key)\t\(Self.number($0.microseconds))" }
    return ([[Self.mark, hardware, Self.unit].joined(separator: "\t")] + lines)
      .map { "\($0)\n" }.joined()
  }

  /// Writes the table, whole or not at all.
  ///
  /// - Throws: `FileError`.
  package func write(to path: String) throws(FileError) { try File.write(text.utf8, to: path) }

  private static let mark = "op_type"
  private static let unit = "us"

  private static func fields(of line: Substring) -> [String] {
    line.split(separator: "\t", omittingEmptySubsequences: false).map(trimmed)
  }

  private static func trimmed(_ text: Substring) -> String {
    let start = text.drop(while: \.isWhitespace)
    return String(start.reversed().drop(while: \.isWhitespace).reversed())
  }

  private static func row(_ line: Substring) throws(LatencyTableError.Problem) -> Row {
    let fields = fields(of: line)
    guard fields.count == 2 else { throw .fields(fields.count) }
    guard let time = Double(fields[1]), time.isFinite, time >= 0 else { throw .time(fields[1]) }
    return Row(key: try canonical(fields[0]), microseconds: time)
  }

  /// A key as ``text`` writes it.
  private static func canonical(_ key: String) throws(LatencyTableError.Problem) -> String {
    if let convolution = SquareConvolution(latencyKey: key) { return convolution.latencyKey }
    let parts = key.split(separator: ",", omittingEmptySubsequences: false).map(trimmed)
    guard parts.first == SquareConvolution.latencyOperator else {
      guard !key.isEmpty else { throw .key(key) }
      return key
    }
    // PaddleSlim appends what differs between the axes, and a key may be of several images; no network asks for either.
    let numbers = parts.dropFirst().map { Int($0) ?? -1 }
    guard numbers.count >= 12, numbers.allSatisfy({ $0 >= 0 }),
      numbers.count > 12 || numbers[2] > 1,
      numbers.prefix(2).allSatisfy({ $0 < 2 })
    else { throw .key(key) }
    return parts.joined(separator: ",")
  }

  private static func number(_ value: Double) -> String {
    Int(exactly: value).map(String.init) ?? "\(value)"
  }
}
