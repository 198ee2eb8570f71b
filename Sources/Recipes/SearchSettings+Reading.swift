import Graphs
import PluginHost
import PluginKit
package import Search
import Training

extension SearchSettings {
  /// The settings that a mapping holds; what is no key of the step or its searcher is a parameter of the space.
  package static func read(
    _ node: YAMLNode,
    classes _: Int,
    file: String
  ) throws(RecipeError) -> SearchSettings {
    var section = try RecipeSection(node, name: "the step 'search'", key: "search", file: file)
    let space = try section.require("space")
    guard let name = space.text, !name.isEmpty else {
      throw section.wrong("space", space, wanted: "a space's name, such as width")
    }
    var settings = SearchSettings(space: name)
    if let kind = SearcherKind(rawValue: try section.value(Keys.searcher)) {
      settings.searcher = kind
      settings.options = try section.settings(kind.options)
    }
    try settings.readLength(&section)
    let parallel = try section.value(Keys.parallel)
    settings.parallel = parallel > 0 ? parallel : nil
    settings.weights = try section.value(Keys.weights)
    settings.images = try section.value(Keys.images)
    let start = try section.value(Keys.start)
    settings.start = start.isEmpty ? nil : start
    let seed = try section.value(Keys.seed)
    settings.seed = seed < 0 ? nil : UInt64(seed)
    settings.train = try section.take("train").map { (node) throws(RecipeError) in
      try TrainSettings.read(node, file: file)
    }
    settings.constraints = try constraints(&section)
    settings.halving = try halving(&section, train: settings.train)
    if settings.weights == .drawn, settings.train == nil {
      throw RecipeError(
        .neededKey(
          "train",
          of: section.name,
          because: "'weights: drawn' leaves networks untrained"
        ),
        file: file,
        mark: section.mark
      )
    }
    settings.full = try full(&section)
    settings.score = try section.takeScore()
    settings.parameters = section.takeParameters(naming: settings.score)
    return settings
  }

  /// How long to search: proposals, or networks that are judged.
  private mutating func readLength(_ section: inout RecipeSection) throws(RecipeError) {
    let (steps, trials) = (try section.value(Keys.steps), try section.value(Keys.trials))
    guard steps > 0 || trials > 0 else {
      throw RecipeError(
        .neededKey(
          "trials",
          of: section.name,
          because: "it or 'steps' says how many networks are tried"
        ),
        file: section.file,
        mark: section.mark
      )
    }
    self.trials = trials > 0 ? trials : nil
    // A constraint that rules out nearly everything must end too.
    self.steps = steps > 0 ? steps : 100 * trials
  }

  private static func halving(
    _ section: inout RecipeSection,
    train: TrainSettings?
  ) throws(RecipeError) -> Halving? {
    guard let node = section.take("halving") else { return nil }
    guard let train else {
      throw RecipeError(
        .neededKey("train", of: section.name, because: "'halving' shares out its length"),
        file: section.file,
        mark: node.mark
      )
    }
    var inner = try RecipeSection(node, name: "'halving'", key: "halving", file: section.file)
    let halving = Halving(
      candidates: try inner.value(Keys.candidates),
      rungs: try inner.value(Keys.rungs),
      factor: try inner.value(Keys.factor)
    )
    try inner.finish()
    if let problem = halving.problem(with: train) {
      throw RecipeError(.unusable(problem), file: section.file, mark: node.mark)
    }
    return halving
  }

  private static func full(_ section: inout RecipeSection) throws(RecipeError) -> Full? {
    guard let node = section.take("full") else { return nil }
    var inner = try RecipeSection(node, name: "'full'", key: "full", file: section.file)
    let full = Full(
      trials: try inner.value(Keys.fullTrials),
      train: try TrainSettings.read(inner.require("train"), file: section.file),
      weights: try inner.value(Keys.weights)
    )
    try inner.finish()
    return full
  }

  private static func constraints(
    _ section: inout RecipeSection
  ) throws(RecipeError) -> [SearchConstraint] {
    guard let node = section.take("constraint") else { return [] }
    let inner = try RecipeSection(node, name: "'constraint'", key: "constraint", file: section.file)
    var constraints: [SearchConstraint] = []
    for entry in node.entries ?? [] {
      guard let figure = SearchConstraint.Figure(rawValue: entry.key) else {
        let known = SearchConstraint.Figure.allCases.map(\.rawValue)
        throw RecipeError(
          .unknownKey(
            entry.key,
            of: inner.name,
            nearest: nearest(to: entry.key, in: known),
            known: known
          ),
          file: section.file,
          mark: entry.keyMark
        )
      }
      constraints.append(try constraint(figure, entry.value, inner))
    }
    return constraints
  }

  private static func constraint(
    _ figure: SearchConstraint.Figure,
    _ node: YAMLNode,
    _ outer: RecipeSection
  ) throws(RecipeError) -> SearchConstraint {
    var constraint = SearchConstraint(figure)
    let key = figure.rawValue
    guard node.entries != nil else {
      constraint.atMost = try limit(node, key, outer)
      guard figure != .latency else { throw needsSource(outer, node) }
      return constraint
    }
    var inner = try RecipeSection(node, name: "'\(key)'", key: key, file: outer.file)
    constraint.atMost = try inner.take("at_most").map { (node) throws(RecipeError) in
      try limit(node, "at_most", inner)
    }
    constraint.atLeast = try inner.take("at_least").map { (node) throws(RecipeError) in
      try limit(node, "at_least", inner)
    }
    if figure == .latency {
      let (table, runtime) = (try inner.text("table"), inner.take("on"))
      switch (table, runtime) {
      case (let table?, nil): constraint.source = .table(table)
      case (nil, let node?):
        let known = SearchConstraint.LatencySource.runtimes
        guard let name = node.text, known.contains(name) else {
          throw inner.wrong("on", node, wanted: alternatives(known))
        }
        constraint.source = .runtime(name)
      case (_?, let node?):
        throw RecipeError(.conflict("on", with: "table"), file: inner.file, mark: node.mark)
      case (nil, nil): throw needsSource(inner, node)
      }
    }
    try inner.finish()
    guard constraint.atMost != nil || constraint.atLeast != nil else {
      throw inner.missing("at_most")
    }
    guard !constraint.excludesAll else {
      throw RecipeError(
        .conflict("at_least", with: "a smaller at_most: no network is both"),
        file: inner.file,
        mark: node.mark
      )
    }
    return constraint
  }

  private static func needsSource(_ section: RecipeSection, _ node: YAMLNode) -> RecipeError {
    RecipeError(
      .neededKey(
        "table",
        of: "'latency'",
        because: "it names a table of latencies, or 'on' the runtime that is measured"
      ),
      file: section.file,
      mark: node.mark
    )
  }

  /// A number, one with a suffix such as `300M`, or a share such as `50%` of the network before the search.
  private static func limit(
    _ node: YAMLNode,
    _ key: String,
    _ section: RecipeSection
  ) throws(RecipeError) -> SearchConstraint.Limit {
    if let number = node.double, number >= 0, number.isFinite { return .number(number) }
    let factors: [Character: Double] = ["k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "%": 0.01]
    if let text = node.text, let last = text.last, let factor = factors[last],
      let number = Double(text.dropLast()), number >= 0, number.isFinite
    {
      return last == "%" ? .share(number * factor) : .number(number * factor)
    }
    throw section.wrong(
      key,
      node,
      wanted: "a number, one such as 300M, or a share such as 50% of the network before the search"
    )
  }
}

extension RecipeSection {
  /// What nobody took: the parameters of a strategy.
  mutating func takeParameters() -> [StrategyParameter] {
    takeRest().map { StrategyParameter($0.key, ParameterValue($0.value)) }
  }
}
