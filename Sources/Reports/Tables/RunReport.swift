package import Files
import Graphs
package import Models
import Operators
import Tensors

/// What an execution made: the outputs' files, shapes and ranges.
package struct RunReport {
  private let run: ModelRun
  private let model: String
  private let files: [String]

  /// A report on a run whose outputs were written to `files`, in their order.
  package init(_ run: ModelRun, model: String, files: [String]) {
    self.run = run
    self.model = model
    self.files = files
  }

  /// The table, for people.
  package var text: String {
    var table = TextTable([
      .words("output"), .words("type"), .words("shape"), .numbers("least"), .numbers("greatest"),
      .words("file", limit: 72),
    ])
    for ((name, array), file) in zip(run.outputs, files) {
      let range = Self.range(array)
      table.add([
        name, "\(array.type)", InspectionReport.shape(array.shape),
        range.map { Figures.fixed($0.least, 4) } ?? "",
        range.map { Figures.fixed($0.greatest, 4) } ?? "", file,
      ])
    }
    return "\(model): \(Figures.fixed(milliseconds, 1)) ms (first execution) on \(run.device), "
      + "\(Figures.count(run.statistics.multiplyAdds)) multiply-adds\n\n\(table.text)"
  }

  /// The same as JSON, on the schema `espalier.run/1` of docs/cli.md.
  package var json: JSONValue {
    [
      "schema": "espalier.run/1",
      "model": .string(model),
      "device": .string("\(run.device)"),
      "milliseconds": .double(milliseconds),
      "multiplyAdds": .int(run.statistics.multiplyAdds),
      "outputs": .array(
        zip(run.outputs, files).map { output, file in
          let range = Self.range(output.array)
          return [
            "name": .string(output.name), "type": .string("\(output.array.type)"),
            "shape": JSONValue(output.array.shape), "file": .string(file),
            "least": range.map { .double($0.least) } ?? .null,
            "greatest": range.map { .double($0.greatest) } ?? .null,
          ]
        }
      ),
    ]
  }

  private var milliseconds: Double { run.duration / .milliseconds(1) }

  private static func range(_ array: Constant) -> (least: Double, greatest: Double)? {
    if let floats = array.floats, let first = floats.first {
      let range = floats.reduce((first, first)) { (min($0.0, $1), max($0.1, $1)) }
      return (Double(range.0), Double(range.1))
    }
    guard let integers = array.integers, let least = integers.min(), let greatest = integers.max()
    else { return nil }
    return (Double(least), Double(greatest))
  }
}
