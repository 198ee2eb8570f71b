import Datasets
package import Files

/// Models beside their baseline: the table of the compression benchmark.
package struct ComparisonReport {
  /// One model.
  package struct Row: Sendable {
    let name: String
    let columns: [EvaluationReport.Column]
    let multiplyAdds: Int
    let parameters: Int
    let bytes: Int?

    /// Collects what is known of a model.
    ///
    /// - Parameters:
    ///   - name: its file.
    ///   - columns: how it did, one for each input size.
    ///   - multiplyAdds: for one image of the first of these sizes.
    ///   - parameters: numbers in its weights.
    ///   - bytes: of its file; nil where it has none.
    package init(
      name: String,
      columns: [EvaluationReport.Column],
      multiplyAdds: Int,
      parameters: Int,
      bytes: Int?
    ) {
      self.name = name
      self.columns = columns
      self.multiplyAdds = multiplyAdds
      self.parameters = parameters
      self.bytes = bytes
    }
  }

  private let rows: [Row]
  private let list: String
  private let images: Int

  /// A comparison; the first row is what the others are measured against.
  package init(_ rows: [Row], list: String, images: Int) {
    self.rows = rows
    self.list = list
    self.images = images
  }

  /// The table, for people.
  package var text: String {
    guard let base = rows.first, let first = base.columns.first else { return "" }
    var heads: [TextTable.Column] = [.words("model")]
    for column in base.columns { heads += [.numbers(column.title), .numbers("")] }
    heads += [
      .numbers("multiply-adds"), .numbers(""), .numbers("parameters"), .numbers(""),
      .numbers("file"), .numbers("images/s"),
    ]
    var table = TextTable(heads)
    for (index, row) in rows.enumerated() {
      var cells = [row.name]
      for (column, before) in zip(row.columns, base.columns) {
        let difference = 100 * (column.figures.value - before.figures.value)
        cells.append(Figures.fixed(100 * column.figures.value, 2))
        cells.append(index == 0 ? "" : (difference >= 0 ? "+" : "") + Figures.fixed(difference, 2))
      }
      for (before, after) in [
        (base.multiplyAdds, row.multiplyAdds), (base.parameters, row.parameters),
      ] {
        cells += [Figures.count(after), index == 0 ? "" : Figures.change(from: before, to: after)]
      }
      cells.append(row.bytes.map(Figures.bytes) ?? "-")
      cells.append(row.columns.first.map { Figures.fixed($0.imagesPerSecond, 1) } ?? "-")
      table.add(cells)
    }
    return
      "\(first.metricName) in percent on '\(list)', \(images) images; multiply-adds and images/s at "
      + "input size \(first.title)\n\n\(table.text)"
  }

  /// The same as JSON, on the schema `espalier.comparison/1` of docs/cli.md.
  package var json: JSONValue {
    [
      "schema": "espalier.comparison/1",
      "list": .string(list),
      "images": .int(images),
      "models": .array(
        rows.map { row in
          [
            "model": .string(row.name),
            "multiplyAdds": .int(row.multiplyAdds),
            "parameters": .int(row.parameters),
            "bytes": row.bytes.map { .int($0) } ?? .null,
            "sizes": .array(
              row.columns.map { column in
                [
                  "inputSize": .string(column.title), "metric": .string(column.metricName),
                  "value": .double(column.figures.value),
                  "imagesPerSecond": .double(column.imagesPerSecond),
                ]
              }
            ),
          ]
        }
      ),
    ]
  }
}
