package import Evaluation
package import Files
package import Models

/// What a latency table came to, and what models take by it.
package struct LatencyTableReport {
  private let file: LatencyTableFile
  private let measured: Int
  private let sums: [(model: String, sum: Result<Double, LatencyTable.Missing>)]

  /// A report on a table to which convolutions of models were added.
  ///
  /// - Parameters:
  ///   - file: the table.
  ///   - measured: how many convolutions were timed now.
  ///   - models: what they are of.
  package init(_ file: LatencyTableFile, measured: Int, models: [Model]) {
    self.file = file
    self.measured = measured
    sums = models.map { ($0.name, file.table.latency(of: $0)) }
  }

  /// The table, for people.
  package var text: String {
    var table = TextTable([.words("model"), .numbers("sum of its convolutions")])
    var remarks = ""
    for (model, sum) in sums {
      switch sum {
      case .success(let time): table.add([model, "\(Figures.fixed(time / 1000, 3)) ms"])
      case .failure(let missing):
        table.add([model, "-"])
        remarks += "\(model): \(missing)\n"
      }
    }
    return """
      \(file.table.hardware)
      \(file.path): \(measured) convolutions timed, \(file.table.rows.count - measured) were there

      \(table.text)\(remarks)
      """
  }

  /// The same as JSON, on the schema `espalier.latency-table/1` of docs/cli.md.
  package var json: JSONValue {
    [
      "schema": "espalier.latency-table/1",
      "table": .string(file.path),
      "hardware": .string(file.table.hardware),
      "measured": .int(measured),
      "rows": .int(file.table.rows.count),
      "models": .array(sums.map(Self.json)),
    ]
  }

  private static func json(
    _ model: String,
    _ sum: Result<Double, LatencyTable.Missing>
  ) -> JSONValue {
    let missing =
      if case .failure(let missing) = sum { missing.layers } else { [LatencyTable.Missing.Layer]() }
    return [
      "model": .string(model),
      "microseconds": (try? sum.get()).map { .double($0) } ?? .null,
      "missing": .array(
        missing.map { layer in
          let asks =
            switch layer.work {
            case .success(let square): square.latencyKey
            case .failure(let reason): "\(reason)"
            }
          return ["layer": .string(layer.name), "asks": .string(asks)]
        }
      ),
    ]
  }
}
