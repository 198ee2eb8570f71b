package import Files
import Graphs
import Models
import Operators
import PluginHost
import PluginKit
package import Pruning

/// What pruning did to a model: figures before and after, groups cut, groups closed, and by which code.
package struct PruneReport: StepReport {
  let step: PruneStep
  private let files: StepFiles

  /// A report on a step.
  ///
  /// - Parameters:
  ///   - step: what was done.
  ///   - files: those before and after it.
  package init(
    _ step: PruneStep,
    files: StepFiles = StepFiles()
  ) {
    self.step = step
    self.files = files
  }

  /// The tables, for people.
  package var text: String {
    "\(step.before.name): \(who)\n\n\(target)\(figures)\n\(groups)\(closed)\(repair)\(written)"
  }

  private var who: String {
    let provenance = step.provenance
    let settings = provenance.settings.values.sorted { $0.key < $1.key }
      .map { "\($0.key)=\($0.value)" }
    let score = step.score.map { ", channels scored by \($0.strategy) of \($0.plugin)" } ?? ""
    guard step.target == nil else {
      return "cut to a target" + (settings.isEmpty ? "" : " (\(settings.joined(separator: ", ")))")
        + score
    }
    return "\(provenance.strategy) of \(provenance.plugin) \(provenance.version)"
      + (settings.isEmpty ? "" : " (\(settings.joined(separator: ", ")))") + score
  }

  /// What was asked for, predicted and measured, a line a cut that was tried.
  private var target: String {
    guard let outcome = step.target else { return "" }
    let figure = outcome.target.figure
    var table = TextTable([
      .words("target \(outcome.target.text)"), .numbers("asked"), .numbers("predicted"),
      .numbers("measured"), .numbers("before"), .numbers("of it"), .numbers("off"),
    ])
    for (place, round) in outcome.rounds.enumerated() {
      let name = place == 0 ? "first cut" : "corrected \(place)"
      let asked = outcome.asked(beside: round.before)
      table.add([
        name + (round.isTaken && outcome.rounds.count > 1 ? ", taken" : ""), figure.text(asked),
        figure.text(round.predicted), figure.text(round.measured), figure.text(round.before),
        "\(Figures.fixed(round.measured / round.before, 3))x",
        "\(Figures.fixed(100 * (round.measured / asked - 1), 1)) %",
      ])
    }
    let place = outcome.surroundings.map { "measured in turns on \($0)" } ?? "counted"
    return table.text + "\(place); blocks of \(outcome.block) channels\n\n"
  }

  private var figures: String {
    var table = TextTable([
      .words("counted"), .numbers("before"), .numbers("after"), .numbers("change"),
    ])
    func add(_ name: String, _ before: Int, _ after: Int) {
      table.add([
        name, Figures.grouped(before), Figures.grouped(after),
        Figures.change(from: before, to: after),
      ])
    }
    let (before, after) = (step.before.cost, step.after.cost)
    add("parameters", before.parameters, after.parameters)
    add("multiply-adds", before.multiplyAdds, after.multiplyAdds)
    add("  benchmark", before.benchmarkMultiplyAdds, after.benchmarkMultiplyAdds)
    add("  benchmark, 1×1", before.onePixelMultiplyAdds, after.onePixelMultiplyAdds)
    add("parameter bytes", before.parameterBytes, after.parameterBytes)
    add("activation bytes", before.activationBytes, after.activationBytes)
    if let bytesBefore = files.bytesBefore, let bytesAfter = files.bytesAfter {
      add("file bytes", bytesBefore, bytesAfter)
    }
    let inputs = step.before.inputSizes.map { "\($0.name) \(InspectionReport.shape($0.sizes))" }
    return table.text + "multiply-adds at \(inputs.joined(separator: ", ")); "
      + "`espalier inspect` names the conventions\n"
  }

  private var groups: String {
    guard !step.cuts.isEmpty else { return "no group loses a channel\n" }
    var table = TextTable([
      .words("group cut"), .numbers("channels"), .numbers("kept"), .numbers("change"),
    ])
    for cut in step.cuts {
      table.add([
        cut.group, "\(cut.channels)", "\(cut.kept.count)",
        Figures.change(from: cut.channels, to: cut.kept.count),
      ])
    }
    return table.text
  }

  private var closed: String {
    guard !step.closed.isEmpty else { return "" }
    var table = TextTable([
      .words("closed group"), .numbers("channels"), .words("why it is never cut", limit: 96),
    ])
    for group in step.closed { table.add([group.name, "\(group.channels)", group.reason]) }
    return "\n" + table.text
  }

  private var repair: String {
    guard let repair = step.repair else { return "" }
    let images = "\(repair.images.fitted) images, judged on \(repair.images.heldBack) others"
    let outputs = repair.outputs.map {
      "outputs \(Figures.fixed(100 * $0.cut, 1)) % off before it, \(Figures.fixed(100 * $0.repaired, 1)) % after it"
    }
    guard repair.isKept else {
      return "\nrepair over \(images): no nearer to the uncut network"
        + (outputs.map { " (\($0))" } ?? "") + ", so the weights stay as cut\n"
    }
    return "\nrepair over \(images): \(repair.layers.count) layers fitted"
      + (repair.unchanged > 0 ? ", \(repair.unchanged) stay as they were" : "")
      + (outputs.map { "; \($0)" } ?? "") + "\n"
  }

  private var written: String {
    files.output.map { "\nwritten to \($0), read back and counted: as in the table\n" }
      ?? "\nno file was written by this step\n"
  }
}

extension PruneReport {
  /// The same as JSON, on the schema `espalier.prune/1` of docs/cli.md.
  package var json: JSONValue {
    .object([
      .init("schema", "espalier.prune/1"),
      .init("model", .string(step.before.name)),
      .init("output", JSONValue(files.output)),
      .init("provenance", .object(step.provenance.members)),
      .init("repair", step.repair.map { .object($0.members) } ?? .null),
      .init("score", step.score.map { .object($0.members) } ?? .null),
      .init("target", step.target?.json ?? .null),
      .init("before", figures(of: step.before.cost, fileBytes: files.bytesBefore)),
      .init("after", figures(of: step.after.cost, fileBytes: files.bytesAfter)),
      .init("plan", plan),
      .init(
        "cuts",
        .array(
          step.cuts.map { cut in
            [
              "group": .string(cut.group), "channels": .int(cut.channels),
              "kept": JSONValue(cut.kept),
            ]
          }
        )
      ),
      .init("keptDigest", .string("sha256:\(PruningCut.digest(of: step.cuts))")),
      .init(
        "closedGroups",
        .array(
          step.closed.map { group in
            [
              "name": .string(group.name), "channels": .int(group.channels),
              "reason": .string(group.reason),
            ]
          }
        )
      ),
    ])
  }

  private var plan: JSONValue {
    .object(
      step.plan.cuts.sorted { $0.key < $1.key }.map { name, cut in
        switch cut {
        case .ratio(let ratio): .init(name, .double(ratio))
        case .channels(let channels): .init(name, JSONValue(channels))
        }
      }
    )
  }

  private func figures(of cost: GraphCost, fileBytes: Int?) -> JSONValue {
    guard case .object(let members) = InspectionReport.totals(cost) else { return .null }
    return .object(members + [.init("fileBytes", JSONValue(fileBytes))])
  }
}

extension PruneStep: ReportedStep {
  package func report(_ files: StepFiles) -> any StepReport {
    PruneReport(self, files: files)
  }
}
