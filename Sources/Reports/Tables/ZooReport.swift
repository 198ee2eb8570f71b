package import Files
package import Pruning

/// The benchmark's pruning table as it comes out here, beside what the page prints.
package struct ZooReport {
  private let rows: [ZooCheck.Row]

  /// A report on rows.
  package init(_ rows: [ZooCheck.Row]) { self.rows = rows }

  /// Whether every row is the page's.
  package var agrees: Bool { rows.allSatisfy(\.agrees) }

  /// The table, for people.
  package var text: String {
    var table = TextTable([
      .words("row"), .numbers("FLOPs cut"), .numbers("page"), .numbers("size cut"),
      .numbers("page"), .numbers("multiply-adds"), .numbers("after"), .numbers("values"),
      .numbers("after"), .words("convention"), .words("agrees"),
    ])
    for row in rows {
      table.add(
        [
          row.row, Figures.fixed(row.flopsCut, 2), Figures.fixed(row.printedFlopsCut, 2),
          Figures.fixed(row.sizeCut, 2), Figures.fixed(row.printedSizeCut, 2),
        ] + (row.multiplyAdds + row.values).map(Figures.grouped) + [
          row.convention, row.agrees ? "yes" : "NO",
        ]
      )
    }
    return table.text + "\n" + notes
  }

  private var notes: String {
    """
    Shares are in percent of what the uncut network has. Sizes are those of a folder of parameter files on disk,
    in blocks of 4096 bytes. Where the page prints 66.90 the share is 66.9089, so that rounding gives 66.91: the
    page truncated that figure and rounded the others. A row agrees when both shares lie within 0.01 of the page's
    and all whole numbers are equal to the ones recomputed from the benchmark's own programs.

    """
  }

  /// The same as JSON: a list of rows, on the schema of docs/cli.md.
  package var json: JSONValue {
    .array(
      rows.map { row in
        [
          "row": .string(row.row),
          "flopsCut": .double(row.flopsCut),
          "sizeCut": .double(row.sizeCut),
          "convention": .string(row.convention),
          "multiplyAdds": JSONValue(row.multiplyAdds),
          "values": JSONValue(row.values),
          "printedFlopsCut": .double(row.printedFlopsCut),
          "printedSizeCut": .double(row.printedSizeCut),
          "agrees": .bool(row.agrees),
        ]
      }
    )
  }
}
