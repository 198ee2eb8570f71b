package import Files
import Models
import PluginHost
package import Training

/// What training did to a model: how long, at which loss, and how well it does.
package struct TrainReport: StepReport {
  private let step: TrainStep

  /// A report on a step.
  package init(_ step: TrainStep) { self.step = step }

  /// The table, for people.
  package var text: String {
    let (settings, summary) = (step.settings, step.summary)
    var table = TextTable([.words("trained"), .numbers("")])
    table.add(["iterations", Figures.grouped(summary.steps)])
    table.add(["images each", "\(settings.batch)"])
    if let teacher = step.teacher { table.add(["teacher", teacher]) }
    for loss in step.losses {
      table.add(["loss \(loss.provenance.strategy), weight", Figures.fixed(loss.weight, 4)])
    }
    table.add(["last loss", Figures.fixed(summary.loss, 4)])
    if let metric = summary.metric {
      table.add([summary.metricName ?? "metric", Figures.fixed(metric, 4)])
    }
    if let best = summary.best {
      table.add(["best, at iteration \(best.step)", Figures.fixed(best.metric, 4)])
    }
    if summary.resumedFrom < summary.steps {
      table.add(["images/s", Figures.fixed(summary.imagesPerSecond, 1)])
      table.add(["seconds", Figures.fixed(summary.seconds, 1)])
    }
    let resumed =
      summary.resumedFrom > 0 ? "went on from iteration \(summary.resumedFrom)\n" : ""
    return
      "\(step.before.name): \(step.teacher == nil ? "trained" : "distilled") by \(settings.optimiser.rawValue)\n\n\(table.text)\(resumed)"
      + (summary.leftOut.line.map { "\($0)\n" } ?? "")
  }

  /// The same as JSON, on the schema `espalier.train/1` of docs/cli.md.
  package var json: JSONValue {
    let (settings, summary) = (step.settings, step.summary)
    return [
      "schema": "espalier.train/1",
      "model": .string(step.before.name),
      "iterations": .int(summary.steps),
      "resumedFrom": .int(summary.resumedFrom),
      "batch": .int(settings.batch),
      "loss": .double(summary.loss),
      "teacher": JSONValue(step.teacher),
      "losses": .array(
        step.losses.map {
          .object($0.provenance.members + [.init("weight", .double($0.weight))])
        }
      ),
      "leftOut": .array(summary.leftOut.map(\.json)),
      "metric": summary.metric.map { .double($0) } ?? .null,
      "metricName": JSONValue(summary.metricName),
      "best": summary.best.map {
        ["iteration": .int($0.step), "metric": .double($0.metric)]
      } ?? .null,
      "seconds": .double(summary.seconds),
      "imagesPerSecond": .double(summary.imagesPerSecond),
    ]
  }
}

extension TrainStep: ReportedStep {
  package func report(_: StepFiles) -> any StepReport {
    TrainReport(self)
  }
}
