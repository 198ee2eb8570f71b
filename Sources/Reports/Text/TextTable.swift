/// A table of fixed-width text: a head, a rule and rows, each column as wide as its widest cell.
package struct TextTable: Sendable, Hashable {
  /// One column: its head, and the side that its cells stand on.
  package struct Column: Sendable, Hashable {
    package enum Alignment: Sendable { case left, right }

    package let head: String
    package let alignment: Alignment
    /// Longer cells are shortened in their middle.
    package let limit: Int

    /// A column of words.
    package static func words(_ head: String, limit: Int = 48) -> Column {
      Column(head: head, alignment: .left, limit: limit)
    }

    /// A column of numbers.
    package static func numbers(_ head: String) -> Column {
      Column(head: head, alignment: .right, limit: 48)
    }
  }

  private let columns: [Column]
  private var rows: [Row] = []

  private enum Row: Hashable {
    case cells([String])
    case rule
  }

  /// A table without rows.
  package init(_ columns: [Column]) { self.columns = columns }

  /// Adds a row; cells that are missing are empty.
  package mutating func add(_ cells: [String]) { rows.append(.cells(cells)) }

  /// Adds a rule, as before a line of totals.
  package mutating func addRule() { rows.append(.rule) }

  /// The lines, without spaces at their ends.
  package var text: String {
    let shown = rows.map { row -> [String]? in
      guard case .cells(let cells) = row else { return nil }
      return columns.indices.map { index in
        cells.indices.contains(index) ? Self.shorten(cells[index], to: columns[index].limit) : ""
      }
    }
    let widths = columns.indices.map { index in
      shown.reduce(columns[index].head.count) { max($0, $1?[index].count ?? 0) }
    }
    let rule = widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ")
    var lines = [line(columns.map(\.head), widths), rule]
    for cells in shown { lines.append(cells.map { line($0, widths) } ?? rule) }
    return lines.joined(separator: "\n") + "\n"
  }

  private func line(_ cells: [String], _ widths: [Int]) -> String {
    var text = ""
    for (index, cell) in cells.enumerated() {
      let space = String(repeating: " ", count: widths[index] - cell.count)
      text += index > 0 ? "  " : ""
      text += columns[index].alignment == .right ? space + cell : cell + space
    }
    while text.last == " " { text.removeLast() }
    return text
  }

  private static func shorten(_ cell: String, to limit: Int) -> String {
    guard cell.count > limit else { return cell }
    let head = (limit - 1) / 2
    return "\(cell.prefix(head))…\(cell.suffix(limit - 1 - head))"
  }
}
