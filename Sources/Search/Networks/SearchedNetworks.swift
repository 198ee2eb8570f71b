import Evaluation
import Files
import Graphs
import ModelFormats
package import Models
import Operators
package import PluginHost
package import PluginKit
package import Pruning

/// The networks of a space, made of tokens: verified, analysed, counted.
///
/// It belongs to one thread, as what a space may ask of the run's network does.
package final class SearchedNetworks: SearchedSpace {
  /// The network that the search begins from.
  package let base: Model
  package let space: PluginSpace
  /// The dimensions that tokens are of.
  package let dimensions: [SearchDimension]
  /// Where the search begins.
  package let start: [Int]
  private let context: SpaceContext
  /// The network made ready to be cut, or why it cannot be.
  private let subject: Result<PruningSubject, any Error>
  private let registry: PluginRegistry
  private let score: StrategyChoice?
  private let constraints: [SearchConstraint]
  private let folder: String
  private var known: NetworkCosts?

  /// Asks a space for its dimensions and its start.
  ///
  /// - Parameters:
  ///   - settings: the space, its parameters and the constraints.
  ///   - base: the run's network.
  ///   - classes: how many the run's task tells apart.
  ///   - seed: of the run.
  ///   - folder: where relative paths of the settings start.
  ///   - registry: where strategies are found by name.
  ///   - gradients: what gradients are taken over, for scores that ask for them.
  ///   - log: told what the space says.
  /// - Throws: `StrategyFailure`; `PruneFailure` where the space wants to cut a network that cannot be.
  package init(
    _ settings: SearchSettings,
    base: Model,
    classes: Int?,
    seed: UInt64,
    folder: String,
    registry: PluginRegistry,
    gradients: LossGradients? = nil,
    log: @escaping (LogLevel, String) -> Void = { _, _ in }
  ) throws {
    self.base = base
    self.registry = registry
    space = try settings.madeSpace(by: registry)
    score = settings.score
    subject = Result {
      let subject = try PruningSubject(base, seed: seed, log: log)
      subject.context.gradients = gradients
      return subject
    }
    constraints = settings.constraints
    self.folder = folder
    let sizes = base.statedSizes
    context = SpaceContext(
      network: (try? subject.get())?.context,
      inputSize: sizes.map { ($0[2], $0[3]) },
      classes: classes,
      seed: seed,
      log: log
    )
    do throws(PluginError) {
      dimensions = try space.dimensions(in: context)
      start = try space.start(in: context)
      if let tokens = settings.start { try dimensions.check(tokens) }
    } catch {
      _ = try subject.get()
      throw StrategyFailure(.plugin(error), of: space.provenance.strategy)
    }
  }

  /// What the network before the search costs, of which limits may be a share.
  ///
  /// - Throws: what a constraint's table or runtime refuses.
  package func baseFigures() throws -> NetworkFigures {
    try NetworkCosts.base(constraints, of: base, folder: folder)
  }

  /// Takes over what the network before the search costs, as a search has settled it.
  ///
  /// - Throws: what a constraint's table or runtime refuses.
  package func settle(base figures: NetworkFigures) throws {
    known = try NetworkCosts(constraints, base: figures, folder: folder)
  }

  package var measures: Bool {
    constraints.contains { if case .runtime? = $0.source { true } else { false } }
  }

  /// How many networks there are; exact up to 2^53.
  package var count: Double {
    dimensions.reduce(1) { $0 * Double($1.range.count) }
  }

  package func isFeasible(_ tokens: [Int]) throws -> Bool {
    try asking { () throws(PluginError) in
      try dimensions.check(tokens)
      return try space.isFeasible(tokens, in: context)
    }
  }

  /// The network of tokens.
  ///
  /// - Throws: `StrategyFailure` for what the space says, or hands over that is no network.
  package func model(of tokens: [Int]) throws -> Model {
    let made = try asking { () throws(PluginError) in
      try dimensions.check(tokens)
      return try space.network(tokens, in: context)
    }
    do {
      switch made {
      case .model(let bytes): return try model(bytes)
      case .cuts(let plan): return try model(after: plan)
      }
    } catch let failure as StrategyFailure { throw failure } catch {
      let place = "tokens " + tokens.map(String.init).joined(separator: ",")
      throw StrategyFailure(
        .plugin(
          PluginError(
            .invalidArgument,
            "the network cannot be used: \(error)",
            origin: PluginError.Origin(
              plugin: space.provenance.plugin,
              function: "decode",
              layer: place
            )
          )
        ),
        of: space.provenance.strategy
      )
    }
  }

  package func figures(
    of tokens: [Int]
  ) throws -> (figures: NetworkFigures, violation: String?) {
    if known == nil { try settle(base: baseFigures()) }
    guard let known else { throw SearchError.unusable("the search has no base") }
    return try known.figures(of: model(of: tokens))
  }

  private func asking<Result>(
    _ body: () throws(PluginError) -> Result
  ) throws(StrategyFailure) -> Result {
    do throws(PluginError) { return try body() } catch {
      throw StrategyFailure(.plugin(error), of: space.provenance.strategy)
    }
  }

  private func model(_ bytes: [UInt8]) throws -> Model {
    let graph = try ONNX.graph(from: Bytes(bytes))
    return try Model.analysed(base.name, graph, inputSize: base.statedSizes)
  }

  private func model(after plan: PruningPlan) throws -> Model {
    guard !plan.cuts.isEmpty else { return base }
    let scorer = try plan.score.map { name in
      try StrategyFailure.naming(name) { () throws(PluginHostError) in
        try registry.scorer(
          named: name,
          settings: score?.strategy == name ? score?.parameters.values ?? [:] : [:]
        )
      }
    }
    let subject = try subject.get()
    return try subject.model(after: subject.resolve(plan, scorer: scorer))
  }
}

@available(*, unavailable) extension SearchedNetworks: Sendable {}

extension SearchSettings {
  /// The space.
  ///
  /// - Throws: `StrategyFailure`.
  package func madeSpace(by registry: PluginRegistry) throws(StrategyFailure) -> PluginSpace {
    try StrategyFailure.naming(space) { () throws(PluginHostError) in
      try registry.space(named: space, settings: parameters.values)
    }
  }
}
