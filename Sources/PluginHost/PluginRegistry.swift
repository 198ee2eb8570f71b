import CGuard
import Graphs
package import PluginKit
import Synchronization

/// The strategies that can be named: found by their manifests, loaded when first asked for.
///
/// A value, handed down from the command line; copies share what was loaded.
package struct PluginRegistry: Sendable {
  private let candidates: [PluginCandidate]
  /// Strategy id to the candidate that offers it.
  private let owners: [String: Int]
  private let pipeline: LoadPipeline
  private let loads = Loads()
  private let log: PluginLog

  /// Called for each step that a plugin passed, with its manifest's path.
  package typealias Observer = @Sendable (PluginCandidate.Step, String) -> Void

  /// Searches the policy's folders; opens manifests only.
  ///
  /// - Parameters:
  ///   - policy: Where plugins are looked for, and what is demanded of them.
  ///   - memory: Where the buffers lie that they are lent.
  ///   - log: Takes messages of plugins and about them.
  ///   - observe: Called for each step that a plugin passed.
  package init(
    policy: PluginPolicy,
    memory: PluginMemory = PluginMemory(),
    log: @escaping PluginLog = { _, _, _ in },
    observe: @escaping Observer = { _, _ in }
  ) {
    var candidates = Discovery(policy: policy).candidates()
    if let only = policy.only { candidates.removeAll { $0.manifestPath != only } }
    var owners: [String: Int] = [:]
    for index in candidates.indices {
      guard case .found = candidates[index].verdict, let manifest = candidates[index].manifest
      else { continue }
      for id in manifest.strategyIDs {
        if let owner = owners[id] {
          candidates[index].shadowedStrategies[id] = candidates[owner].manifest?.id
        } else {
          owners[id] = index
        }
      }
    }
    self.candidates = candidates
    self.owners = owners
    self.log = log
    pipeline = LoadPipeline(policy: policy, memory: memory, log: log, observe: observe)
  }

  /// The ids of all strategies on offer, sorted; nothing is loaded for it.
  package var strategyIDs: [String] { owners.keys.sorted() }

  /// The ids of the strategies on offer with one interface, or with any, sorted.
  private func strategyIDs(of interface: PluginInterface?) -> [String] {
    guard let interface else { return strategyIDs }
    return strategyIDs.filter { self.interface(of: $0) == interface }
  }

  /// What a strategy does, as its manifest says; `nil` for an id that nobody offers.
  package func interface(of id: String) -> PluginInterface? {
    owners[id].flatMap { candidates[$0].manifest }?.interfaces.first { $0.id == id }?.interface
  }

  /// Which code a strategy is: its plugin, version and hash, and its settings with defaults filled in.
  package func provenance(
    of id: String,
    settings: [String: ParameterValue] = [:]
  ) throws(PluginHostError) -> Provenance {
    try resolve(id, settings).1
  }

  /// What a strategy says of itself, its hyper-parameters included; loads its plugin.
  package func description(of id: String) throws(PluginHostError) -> StrategyDescription {
    guard let description = try load(id).description(of: id) else { throw unknown(id) }
    return description
  }

  /// What every strategy on offer says of itself, in the order of the manifests; loads all plugins.
  ///
  /// - Parameter refused: Called with the reason where a strategy cannot be had; what it throws ends the reading.
  /// - Returns: Each strategy's interface and description.
  /// - Throws: What `refused` throws.
  package func offers<Problem: Error>(
    refused: (PluginHostError) throws(Problem) -> Void
  ) throws(Problem) -> [(interface: PluginInterface, description: StrategyDescription)] {
    var offers: [(PluginInterface, StrategyDescription)] = []
    for index in candidates.indices {
      for entry in candidates[index].manifest?.interfaces ?? [] where owners[entry.id] == index {
        do throws(PluginHostError) {
          offers.append((entry.interface, try description(of: entry.id)))
        } catch {
          try refused(error)
        }
      }
    }
    return offers
  }

  /// Every candidate with its checks and verdict, for `espalier plugin list --why`.
  ///
  /// - Parameter loading: Whether to go through with loading, which runs the plugins' code.
  /// - Returns: The candidates in the order of precedence.
  package func listing(loading: Bool = false) -> [PluginCandidate] {
    candidates.indices.map { index in
      guard case .found = candidates[index].verdict else { return candidates[index] }
      if loading { _ = try? load(at: index) }
      return loads.candidate(index) ?? pipeline.inspect(candidates[index])
    }
  }

  /// The plugins loaded so far that the user or a recipe named, by their ids.
  package var loadedNamed: [PluginIdentity] {
    loads.loaded.filter { $0.candidate.origin == .named }.map { plugin, _ in
      PluginIdentity(
        id: plugin.manifest.id,
        version: plugin.manifest.version,
        sha256: plugin.sha256
      )
    }.sorted { $0.id < $1.id }
  }

  /// Ends the loaded plugins in the reverse order of loading; nothing is unmapped.
  package func shutDown() { loads.shutDown() }

  /// A strategy of one interface, with its settings checked and filled in.
  func resolve(
    _ id: String,
    _ settings: [String: ParameterValue],
    as wanted: PluginInterface
  ) throws(PluginHostError) -> (LoadedPlugin.Offer, Provenance) {
    if let found = interface(of: id), found != wanted {
      throw .otherInterface(id, is: found, wanted: wanted)
    }
    let (plugin, provenance) = try resolve(id, settings, in: wanted)
    guard let offer = plugin.offer(id) else { throw unknown(id, as: wanted) }
    // All but losses are lent memory of the CPU; whose a loss's tensors are its run decides.
    if wanted != .distill, case .table(let strategy) = offer {
      let devices = strategy.description.devices
      guard devices.contains(.cpu) else { throw .otherDevice(id, has: devices, interface: wanted) }
    }
    return (offer, provenance)
  }

  private func resolve(
    _ id: String,
    _ settings: [String: ParameterValue],
    in wanted: PluginInterface? = nil
  ) throws(PluginHostError) -> (any AvailablePlugin, Provenance) {
    let plugin = try load(id, as: wanted)
    let description = try description(of: id)
    do throws(ParameterProblem) {
      return (
        plugin,
        Provenance(
          strategy: id,
          plugin: plugin.manifest.id,
          version: plugin.manifest.version,
          sha256: plugin.sha256,
          settings: try description.parameters.resolve(settings)
        )
      )
    } catch {
      throw .parameters(strategy: id, error)
    }
  }

  func load(
    _ id: String,
    as wanted: PluginInterface? = nil
  ) throws(PluginHostError) -> any AvailablePlugin {
    guard let index = owners[id] else { throw whyNobodyOffers(id, wanted) }
    do throws(Refusal) {
      return try load(at: index)
    } catch {
      var candidate = candidates[index]
      candidate.verdict = .refused(error)
      // The library went after it was found.
      if let absence = candidate.absence { throw unknown(id, as: wanted, absence) }
      throw .refused(id, error)
    }
  }

  /// The error of a strategy that no plugin offers: left out, skipped, perhaps refused, or not known.
  private func whyNobodyOffers(_ id: String, _ wanted: PluginInterface?) -> PluginHostError {
    let listing = candidates.filter { $0.manifest?.lists(id) == true }
    if let left = listing.first(where: { $0.manifest?.strategyIDs.contains(id) == true }) {
      if let absence = left.absence { return unknown(id, as: wanted, absence) }
      return .leftOut(id, left.verdict)
    }
    for candidate in listing {
      guard case .found = candidate.verdict, let manifest = candidate.manifest,
        let skipped = manifest.skipped.first(where: { $0.id == id })
      else { continue }
      return .skipped(skipped, plugin: manifest.id)
    }
    if let left = listing.first { return .leftOut(id, left.verdict) }
    if let refusal = unreadRefusal(id) { return refusal }
    let known = strategyIDs(of: wanted)
    return .unknownStrategy(id, nearest: nearest(to: id, in: known), known: known, wanted: wanted)
  }

  /// The error where a manifest that was refused may be the one that offers a strategy.
  ///
  /// One that has the strategy's name in it is; an id with a dot can be that of any other.
  private func unreadRefusal(_ id: String) -> PluginHostError? {
    var refusals: [Refusal] = []
    for candidate in candidates where candidate.manifest == nil {
      guard case .refused(let refusal) = candidate.verdict else { continue }
      if candidate.mentions(id) { return .refused(id, refusal) }
      refusals.append(refusal)
    }
    guard !refusals.isEmpty, id.contains(".") else { return nil }
    return .notAmong(id, refusals: refusals)
  }

  /// The manifests that were taken, in the order of precedence.
  package var manifests: [Manifest] { candidates.compactMap(\.manifest) }

  /// Takes over the signals that tell of crashes, as loading a plugin does.
  package static func watchForCrashes() { esp_guard_install() }

  /// Refuses to work where a plugin that the user named is refused, rather than to do without it.
  ///
  /// Its library is checked too, but not loaded: a plugin whose strategies are not asked for does not run.
  ///
  /// - Throws: ``PluginHostError/namedRefused(_:)``.
  package func requireNamed() throws(PluginHostError) {
    for candidate in candidates where candidate.origin == .named {
      var candidate = candidate
      if case .found = candidate.verdict { candidate = pipeline.inspect(candidate) }
      if case .refused(let refusal) = candidate.verdict { throw .namedRefused(refusal) }
    }
  }

  /// What is said where two plugins have one id, or offer one strategy: which is used, and which is not.
  ///
  /// - Parameter index: Of the plugin that is used; all where it is nil.
  /// - Returns: A sentence for each.
  private func repeats(of index: Int? = nil) -> [String] {
    var remarks: [String] = []
    for candidate in candidates {
      guard let manifest = candidate.manifest else { continue }
      if case .shadowed(let path) = candidate.verdict,
        index.map({ candidates[$0].manifestPath == path }) ?? true
      {
        remarks.append(
          "two plugins have the id \"\(manifest.id)\": \(path) is used, \(candidate.manifestPath) is not"
        )
      }
      for (strategy, _) in candidate.shadowedStrategies.sorted(by: { $0.key < $1.key }) {
        guard let owner = owners[strategy], index == nil || index == owner else { continue }
        remarks.append(
          "two plugins offer the strategy \"\(strategy)\": that of \(candidates[owner].manifestPath) is used, "
            + "that of \(candidate.manifestPath) is not"
        )
      }
    }
    return remarks
  }

  /// What is said where two plugins have one id, or offer one strategy.
  package var repeated: [String] { repeats() }

  /// The error of a strategy that is not known among those with one interface, or all.
  func unknown(
    _ id: String,
    as wanted: PluginInterface? = nil,
    _ absence: PluginHostError.Absence? = nil
  ) -> PluginHostError {
    .unknownStrategy(
      id,
      nearest: nil,
      known: strategyIDs(of: wanted),
      wanted: wanted,
      absence: absence
    )
  }

  private func load(at index: Int) throws(Refusal) -> any AvailablePlugin {
    try loads.plugin(index) { () throws(Refusal) in
      for remark in repeats(of: index) {
        log(.warning, candidates[index].manifest?.id ?? "", remark)
      }
      return try pipeline.load(candidates[index])
    }
  }
}

/// What was loaded so far, or why it could not be; each plugin is tried once.
private final class Loads: Sendable {
  private struct State {
    var results: [Int: Result<any AvailablePlugin, Refusal>] = [:]
    var candidates: [Int: PluginCandidate] = [:]
    var order: [any AvailablePlugin] = []
  }
  private let state = Mutex(State())

  func plugin(
    _ index: Int,
    _ load: () throws(Refusal) -> (any AvailablePlugin, PluginCandidate)
  ) throws(Refusal) -> any AvailablePlugin {
    let result = state.withLock { state -> Result<any AvailablePlugin, Refusal> in
      if let result = state.results[index] { return result }
      let result: Result<any AvailablePlugin, Refusal>
      do throws(Refusal) {
        let (plugin, candidate) = try load()
        state.candidates[index] = candidate
        state.order.append(plugin)
        result = .success(plugin)
      } catch {
        result = .failure(error)
      }
      state.results[index] = result
      return result
    }
    return try result.get()
  }

  func candidate(_ index: Int) -> PluginCandidate? { state.withLock { $0.candidates[index] } }

  /// What was loaded, each with the candidate that it was.
  var loaded: [(plugin: any AvailablePlugin, candidate: PluginCandidate)] {
    state.withLock { state in
      state.results.keys.sorted().compactMap { index in
        guard case .success(let plugin)? = state.results[index],
          let candidate = state.candidates[index]
        else { return nil }
        return (plugin, candidate)
      }
    }
  }

  func shutDown() {
    let order = state.withLock { state in
      defer { state.order = [] }
      return state.order
    }
    for plugin in order.reversed() { plugin.shutDown() }
  }
}
