package import Files
import PluginHost
package import Recipes

/// What a recipe came to: a report for every step.
package struct RecipeReport {
  private let run: RecipeRun
  private let bytesBefore: Int?
  private let bytesAfter: Int?

  /// A report on a run; the sizes are those of the first model's file and the last one's.
  package init(_ run: RecipeRun, bytesBefore: Int?, bytesAfter: Int?) {
    self.run = run
    self.bytesBefore = bytesBefore
    self.bytesAfter = bytesAfter
  }

  /// The tables, for people.
  package var text: String {
    reports.map(\.text).joined(separator: "\n") + gateText + "run folder: \(run.folder)\n"
  }

  /// The same as JSON, on the schema `espalier.compress/1` of docs/cli.md.
  package var json: JSONValue {
    [
      "schema": "espalier.compress/1",
      "folder": .string(run.folder),
      "output": .string(run.output),
      "plugins": .array(
        run.plugins.map {
          ["id": .string($0.id), "version": .string($0.version), "sha256": .string($0.sha256)]
        }
      ),
      "steps": .array(reports.map(\.json)),
      "gates": .array(run.gates.map { .array($0.map(\.json)) }),
      "missed": .bool(run.hasMissed),
    ]
  }

  private var gateText: String {
    let rows = run.gates.enumerated().flatMap { index, checks in
      checks.map { "gate of step \(index + 1): \($0.text)\n" }
    }
    return rows.isEmpty ? "" : "\n" + rows.joined()
  }

  /// One a step; files stand only before the first and behind the last.
  private var reports: [any StepReport] {
    run.steps.enumerated().map { index, step in
      let isLast = index == run.steps.count - 1
      let files = StepFiles(
        bytesBefore: index == 0 ? bytesBefore : nil,
        output: isLast ? run.output : nil,
        bytesAfter: isLast ? bytesAfter : nil
      )
      return (step as? any ReportedStep)?.report(files) ?? CostReport(step)
    }
  }
}
