// How pruners and scores of channels cross the boundary: esp.pruner/1.

extension Plugin.Entry {
  /// Offers a pruner that leaves the importance of channels to the host.
  public static func pruner<S: Strategy & Pruner>(_ type: S.Type) -> Plugin.Entry {
    pruner(type, plans: true) { settings, host throws(PluginError) in
      PlanningExport(host: host, try S(settings: settings))
    }
  }

  /// Offers a score for channels.
  public static func pruner<S: Strategy & ChannelScorer>(_ type: S.Type) -> Plugin.Entry {
    pruner(type, scores: true) { settings, host throws(PluginError) in
      ScoringExport(host: host, try S(settings: settings))
    }
  }

  /// Offers a pruner with a score of its own.
  public static func pruner<S: Strategy & Pruner & ChannelScorer>(_ type: S.Type) -> Plugin.Entry {
    pruner(type, plans: true, scores: true) { settings, host throws(PluginError) in
      PlanningScoringExport(host: host, try S(settings: settings))
    }
  }

  private static func pruner<S: Strategy>(
    _ type: S.Type,
    plans: Bool = false,
    scores: Bool = false,
    make: @escaping @Sendable (Settings, HostTable) throws(PluginError) -> PrunerExport
  ) -> Plugin.Entry {
    Plugin.Entry(
      description: S.description,
      export: unsafe StrategyExport(
        interface: ESP_PRUNER_V1,
        hostMinor: 0,
        vtable: { unsafe vtable(plans: plans, scores: scores, in: $0) },
        make: make
      )
    )
  }

  @unsafe
  private static func vtable(plans: Bool, scores: Bool, in arena: CArena) -> UnsafeRawPointer {
    unsafe UnsafeRawPointer(
      arena.store(
        esp_pruner_v1(
          struct_size: UInt32(MemoryLayout<esp_pruner_v1>.size),
          reserved: 0,
          plan: plans
            ? { instance, call, table in
              unsafe Unmanaged<PrunerExport>.fromOpaque(instance)._withUnsafeGuaranteedRef {
                unsafe $0.plan(call, table)
              }
            } : nil,
          score: scores
            ? { instance, call, table, group, out, count in
              unsafe Unmanaged<PrunerExport>.fromOpaque(instance)._withUnsafeGuaranteedRef {
                unsafe $0.score(call, table, group, out, count)
              }
            } : nil
        )
      )
    )
  }
}

/// An instance of a strategy with the host that it answers to; what C calls `self`.
///
/// `@unchecked`: subclasses hold one immutable Sendable value.
private class PrunerExport: @unchecked Sendable {
  private let host: HostTable
  private let spare: Spare<HostPruningContext>

  init(host: HostTable) {
    self.host = host
    spare = Spare(HostPruningContext(host: host))
  }

  /// The strategy's plan.
  func plan(for model: any PruningContext) throws(PluginError) -> PruningPlan {
    throw PluginError(.unimplemented, "this strategy scores channels but does not plan")
  }

  /// The strategy's score of a group's channels.
  func score(
    _ group: PruningGroup,
    of model: any PruningContext
  ) throws(PluginError) -> [Double] {
    throw PluginError(.unimplemented, "this strategy plans but does not score channels")
  }

  @unsafe
  final func plan(
    _ call: OpaquePointer,
    _ table: UnsafePointer<esp_pruning_host>
  ) -> esp_status {
    unsafe answer(call, table) { context throws(PluginError) in
      try context.submit(try plan(for: context))
    }
  }

  @unsafe
  final func score(
    _ call: OpaquePointer,
    _ table: UnsafePointer<esp_pruning_host>,
    _ group: UInt32,
    _ out: UnsafeMutablePointer<Double>,
    _ count: UInt64
  ) -> esp_status {
    unsafe answer(call, table) { context throws(PluginError) in
      let scores = try score(try context.group(Int(group)), of: context)
      guard scores.count == Int(clamping: count) else {
        throw PluginError(
          .invalidArgument,
          "\(scores.count) scores for a group of \(count) channels"
        )
      }
      unsafe out.update(from: scores, count: scores.count)
    }
  }

  /// Runs a call with the context that the instance keeps, or with a new one while another call has it.
  ///
  /// A context that the strategy holds on to stays closed for good.
  @unsafe
  private final func answer(
    _ call: OpaquePointer,
    _ table: UnsafePointer<esp_pruning_host>,
    _ body: (HostPruningContext) throws(PluginError) -> Void
  ) -> esp_status {
    guard let context = unsafe spare.borrow() else {
      return unsafe answer(call, table, with: HostPruningContext(host: host), body)
    }
    defer { spare.giveBack { HostPruningContext(host: host) } }
    return unsafe context._withUnsafeGuaranteedRef { unsafe answer(call, table, with: $0, body) }
  }

  @unsafe
  private final func answer(
    _ call: OpaquePointer,
    _ table: UnsafePointer<esp_pruning_host>,
    with context: HostPruningContext,
    _ body: (HostPruningContext) throws(PluginError) -> Void
  ) -> esp_status {
    unsafe context.open(call, table: table)
    defer { context.close() }
    do throws(PluginError) {
      try body(context)
      return ESP_OK
    } catch {
      return unsafe host.fail(call, error)
    }
  }
}

private final class PlanningExport<S: Pruner>: PrunerExport, @unchecked Sendable {
  private let strategy: S

  init(host: HostTable, _ strategy: S) {
    self.strategy = strategy
    super.init(host: host)
  }

  override func plan(for model: any PruningContext) throws(PluginError) -> PruningPlan {
    try strategy.plan(for: model)
  }
}

private final class ScoringExport<S: ChannelScorer>: PrunerExport, @unchecked Sendable {
  private let strategy: S

  init(host: HostTable, _ strategy: S) {
    self.strategy = strategy
    super.init(host: host)
  }

  override func score(
    _ group: PruningGroup,
    of model: any PruningContext
  ) throws(PluginError) -> [Double] {
    try strategy.score(group, of: model)
  }
}

private final class PlanningScoringExport<S: Pruner & ChannelScorer>: PrunerExport,
  @unchecked Sendable
{
  private let strategy: S

  init(host: HostTable, _ strategy: S) {
    self.strategy = strategy
    super.init(host: host)
  }

  override func plan(for model: any PruningContext) throws(PluginError) -> PruningPlan {
    try strategy.plan(for: model)
  }

  override func score(
    _ group: PruningGroup,
    of model: any PruningContext
  ) throws(PluginError) -> [Double] {
    try strategy.score(group, of: model)
  }
}
