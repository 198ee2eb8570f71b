package import Files
import Models
import PluginHost
package import PluginKit
package import Search

/// What a search came to: its best networks, those that nothing else is both better and cheaper than, and how far the quick reward can be trusted.
package struct SearchReport: StepReport {
  /// Which tables people see.
  package enum Part: Sendable, Hashable {
    case all, best, front
  }

  private let outcome: SearchOutcome
  private let title: String
  private let metric: String
  private let dimensions: [SearchDimension]
  private let part: Part
  private let head: [JSONValue.Member]

  /// A report on trials.
  ///
  /// - Parameters:
  ///   - outcome: the trials.
  ///   - title: what was searched by what.
  ///   - metric: what rewards are.
  ///   - dimensions: of the space; empty where they are not known.
  ///   - part: the tables that people see.
  package init(
    _ outcome: SearchOutcome,
    title: String,
    metric: String,
    dimensions: [SearchDimension],
    part: Part = .all
  ) {
    self.outcome = outcome
    self.title = title
    self.metric = metric
    self.dimensions = dimensions
    self.part = part
    head = []
  }

  /// A report on a step.
  package init(_ step: SearchStep) {
    outcome = step.outcome
    let code = step.provenance
    title =
      "\(code.strategy) of \(code.plugin) \(code.version), \(Self.count(step.networks)) networks, "
      + "searched by \(step.settings.searcher)"
    metric = step.metric
    dimensions = step.dimensions
    part = .all
    head = [
      .init("space", .object(code.members)),
      .init("searcher", .string(step.settings.searcher.name)),
      .init("networks", .double(step.networks)),
      .init("seconds", .double(step.seconds)),
      .init("model", .string(step.before.name)),
      .init("cost", CostReport(step).json),
    ]
  }

  /// The tables, for people.
  package var text: String {
    switch part {
    case .best: best
    case .front: table(outcome.front)
    case .all:
      "\(title)\n\(counts)\n\nbest by \(metric)\n\n\(table(Array(outcome.ranked.prefix(10))))\n"
        + "nothing better is cheaper\n\n\(table(outcome.front))\n\(best)\(agreement)"
    }
  }

  /// The same as JSON, on the schema `espalier.search/1` of docs/cli.md.
  package var json: JSONValue {
    .object(
      [.init("schema", "espalier.search/1")] + head
        + [
          .init("metric", .string(metric)),
          .init("best", outcome.best.map(json) ?? .null),
          .init("front", .array(outcome.front.map { .int($0.number) })),
          .init(
            "agreement",
            outcome.agreement.map { ["tau": .double($0.tau), "networks": .int($0.count)] } ?? .null
          ),
          .init("trials", .array(outcome.trials.map(json))),
        ]
    )
  }

  private var counts: String {
    let trials = outcome.trials
    func number(_ state: Trial.State) -> Int { trials.count { $0.state == state } }
    let seconds = trials.reduce(0) { $0 + $1.seconds + $1.fullSeconds }
    var text =
      "\(trials.count) proposed: \(number(.rewarded)) judged, \(number(.infeasible)) infeasible, "
      + "\(number(.failed)) failed; \(Figures.time(seconds)) of trials"
    if let reason = trials.last(where: { $0.state == .failed })?.reason {
      text += "\nthe last that failed: \(reason)"
    }
    return text
  }

  private func table(_ trials: [Trial]) -> String {
    let hasFull = trials.contains { $0.fullReward != nil }
    let hasBytes = trials.contains { $0.figures?.bytes != nil }
    let hasLatency = trials.contains { $0.figures?.latency != nil }
    var columns: [TextTable.Column] = [
      .numbers("trial"), .words("network", limit: 60), .numbers("MACs"), .numbers("parameters"),
    ]
    if hasBytes { columns.append(.numbers("bytes")) }
    if hasLatency { columns.append(.numbers("ms")) }
    columns.append(.numbers("reward"))
    if hasFull { columns.append(.numbers("full")) }
    columns += [.numbers("seconds"), .words("unit")]
    var table = TextTable(columns)
    for trial in trials {
      var cells = [
        "\(trial.number)", labels(trial), trial.figures.map { Figures.count($0.macs) } ?? "",
        trial.figures.map { Figures.count($0.parameters) } ?? "",
      ]
      if hasBytes { cells.append(trial.figures?.bytes.map(Figures.bytes) ?? "") }
      if hasLatency { cells.append(trial.figures?.latency.map { Figures.fixed($0, 3) } ?? "") }
      cells.append(trial.reward.map { Figures.fixed($0, 4) } ?? "")
      if hasFull { cells.append(trial.fullReward.map { Figures.fixed($0, 4) } ?? "") }
      cells.append(Figures.fixed(trial.seconds + trial.fullSeconds, 1))
      cells.append(String((trial.fullUnit ?? trial.units.last ?? "").prefix(12)))
      table.add(cells)
    }
    return table.text
  }

  private var best: String {
    guard let best = outcome.best else { return "no network got a reward\n" }
    var table = TextTable([.words("best network"), .words("")])
    table.add(["tokens", best.tokens.map(String.init).joined(separator: ",")])
    for (dimension, token) in zip(dimensions, best.tokens) {
      table.add([dimension.name, dimension.label(of: token)])
    }
    table.add([metric, best.worth.map { Figures.fixed($0, 4) } ?? ""])
    if let figures = best.figures {
      table.add(["MACs", Figures.grouped(figures.macs)])
      table.add(["parameters", Figures.grouped(figures.parameters)])
    }
    return table.text
  }

  /// How the quick reward and the full one agree, and what the quick one saves.
  private var agreement: String {
    guard let agreement = outcome.agreement else { return "" }
    let both = outcome.trials.filter { $0.fullReward != nil && $0.reward != nil }
    let quick = both.reduce(0) { $0 + $1.seconds } / Double(both.count)
    let full = both.reduce(0) { $0 + $1.fullSeconds } / Double(both.count)
    return
      "\nquick and full rewards of \(agreement.count) networks: Kendall's tau \(Figures.fixed(agreement.tau, 2)); "
      + "a trial takes \(Figures.fixed(quick, 1)) s in place of \(Figures.fixed(full, 1)) s\n"
  }

  private func labels(_ trial: Trial) -> String {
    guard dimensions.count == trial.tokens.count else {
      return trial.tokens.map(String.init).joined(separator: ",")
    }
    return zip(dimensions, trial.tokens).map { $0.label(of: $1) }.joined(separator: " ")
  }

  private func json(_ trial: Trial) -> JSONValue {
    [
      "number": .int(trial.number),
      "tokens": JSONValue(trial.tokens),
      "state": .string(trial.state.rawValue),
      "figures": trial.figures?.json ?? .null,
      "reward": trial.reward.map { .double($0) } ?? .null,
      "fullReward": trial.fullReward.map { .double($0) } ?? .null,
      "rung": .int(trial.rung),
      "unit": JSONValue(trial.fullUnit ?? trial.units.last),
      "seconds": .double(trial.seconds + trial.fullSeconds),
      "reason": JSONValue(trial.reason),
    ]
  }

  private static func count(_ networks: Double) -> String {
    networks < 1e15 ? Figures.grouped(Int(networks)) : "\(networks)"
  }
}

extension SearchStep: ReportedStep {
  package func report(_: StepFiles) -> any StepReport { SearchReport(self) }
}
