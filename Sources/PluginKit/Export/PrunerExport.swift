// How pruners and scores of channels cross the boundary: esp.pruner/1.

extension Plugin.Entry {
  /// Offers a pruner that leaves the importance of channels to the host.
  public static func pruner<S: Strategy & Pruner>(_ type: S.Type) -> Plugin.Entry {
    pruner(type, plans: true) { settings throws(PluginError) in
      PlanningBox(try S(settings: settings))
    }
  }

  /// Offers a score for channels.
  public static func pruner<S: Strategy & ChannelScorer>(_ type: S.Type) -> Plugin.Entry {
    pruner(type, scores: true) { settings throws(PluginError) in
      ScoringBox(try S(settings: settings))
    }
  }

  /// Offers a pruner with a score of its own.
  public static func pruner<S: Strategy & Pruner & ChannelScorer>(_ type: S.Type) -> Plugin.Entry {
    pruner(type, plans: true, scores: true) { settings throws(PluginError) in
      PlanningScoringBox(try S(settings: settings))
    }
  }

  private static func pruner<S: Strategy>(
    _ type: S.Type,
    plans: Bool = false,
    scores: Bool = false,
    make: @escaping @Sendable (Settings) throws(PluginError) -> PrunerBox
  ) -> Plugin.Entry {
    Plugin.Entry(
      description: S.description,
      export: unsafe StrategyExport(
        interface: ESP_PRUNER_V1,
        hostMinor: 0,
        vtable: { unsafe vtable(plans: plans, scores: scores, in: $0) },
        make: { settings, host throws(PluginError) in
          PrunerExport(host: host, strategy: try make(settings))
        }
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

/// An instance with the host that it answers to; what C calls `self`.
private final class PrunerExport: Sendable {
  let host: HostTable
  let strategy: PrunerBox
  private let spare: Spare<HostPruningContext>

  init(host: HostTable, strategy: PrunerBox) {
    self.host = host
    self.strategy = strategy
    spare = Spare(HostPruningContext(host: host))
  }

  @unsafe
  func plan(_ call: OpaquePointer, _ table: UnsafePointer<esp_pruning_host>) -> esp_status {
    unsafe answer(call, table) { context throws(PluginError) in
      try context.submit(try strategy.plan(for: context))
    }
  }

  @unsafe
  func score(
    _ call: OpaquePointer,
    _ table: UnsafePointer<esp_pruning_host>,
    _ group: UInt32,
    _ out: UnsafeMutablePointer<Double>,
    _ count: UInt64
  ) -> esp_status {
    unsafe answer(call, table) { context throws(PluginError) in
      let scores = try strategy.score(try context.group(Int(group)), of: context)
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
  private func answer(
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
  private func answer(
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

/// An instance of a strategy, as the C side holds it: calls reach it without a copy of its value.
///
/// `@unchecked`: it holds one immutable Sendable value, in its subclasses.
private class PrunerBox: @unchecked Sendable {
  func plan(for model: any PruningContext) throws(PluginError) -> PruningPlan {
    throw PluginError(.unimplemented, "this strategy scores channels but does not plan")
  }

  func score(
    _ group: PruningGroup,
    of model: any PruningContext
  ) throws(PluginError) -> [Double] {
    throw PluginError(.unimplemented, "this strategy plans but does not score channels")
  }
}

private final class PlanningBox<S: Pruner>: PrunerBox, @unchecked Sendable {
  private let strategy: S
  init(_ strategy: S) { self.strategy = strategy }

  override func plan(for model: any PruningContext) throws(PluginError) -> PruningPlan {
    try strategy.plan(for: model)
  }
}

private final class ScoringBox<S: ChannelScorer>: PrunerBox, @unchecked Sendable {
  private let strategy: S
  init(_ strategy: S) { self.strategy = strategy }

  override func score(
    _ group: PruningGroup,
    of model: any PruningContext
  ) throws(PluginError) -> [Double] {
    try strategy.score(group, of: model)
  }
}

private final class PlanningScoringBox<S: Pruner & ChannelScorer>: PrunerBox, @unchecked Sendable {
  private let strategy: S
  init(_ strategy: S) { self.strategy = strategy }

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
