package import Files
import Models
import Operators
package import Recipes

/// What one step of a recipe came to, for people and for programs.
package protocol StepReport {
  /// The tables.
  var text: String { get }
  /// The same as JSON.
  var json: JSONValue { get }
}

/// A step with a report of its own; others are reported by their cost.
package protocol ReportedStep: StepResult {
  /// The report, with the files that the step stands between.
  func report(_ files: StepFiles) -> any StepReport
}

/// The files before and after a step, where it has some.
package struct StepFiles: Sendable, Hashable {
  package var bytesBefore: Int?
  package var output: String?
  package var bytesAfter: Int?

  /// The sizes in bytes of the model's file and of the one that was written; nil where there is none.
  package init(bytesBefore: Int? = nil, output: String? = nil, bytesAfter: Int? = nil) {
    self.bytesBefore = bytesBefore
    self.output = output
    self.bytesAfter = bytesAfter
  }
}

/// Parameters and multiply-adds before and after a step.
struct CostReport: StepReport {
  private let (before, after): (Model, Model)

  init(_ step: any StepResult) {
    (before, after) = (step.before, step.after)
  }

  var text: String {
    var table = TextTable([.words(""), .numbers("before"), .numbers("after")])
    for (name, count) in Self.counts {
      table.add([name, Figures.grouped(count(before)), Figures.grouped(count(after))])
    }
    return table.text
  }

  var json: JSONValue {
    .object(
      Self.counts.map { name, count in
        .init(name, ["before": .int(count(before)), "after": .int(count(after))])
      }
    )
  }

  private static let counts: [(String, @Sendable (Model) -> Int)] = [
    ("parameters", { $0.cost.parameters }), ("multiplyAdds", { $0.cost.multiplyAdds }),
  ]
}
