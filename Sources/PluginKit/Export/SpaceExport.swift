// How search spaces cross the boundary: esp.space/1.

extension Plugin.Entry {
  /// Offers a search space.
  public static func space<S: Strategy & SearchSpace>(_ type: S.Type) -> Plugin.Entry {
    Plugin.Entry(
      description: S.description,
      export: unsafe StrategyExport(
        interface: ESP_SPACE_V1,
        hostMinor: 2,
        vtable: { unsafe vtable(in: $0) },
        make: { settings, host throws(PluginError) in
          SpaceExport(host: host, strategy: try S(settings: settings))
        }
      )
    )
  }

  @unsafe
  private static func vtable(in arena: CArena) -> UnsafeRawPointer {
    unsafe UnsafeRawPointer(
      arena.store(
        esp_space_v1(
          struct_size: UInt32(MemoryLayout<esp_space_v1>.size),
          reserved: 0,
          dimensions: { instance, call, table in
            unsafe Unmanaged<SpaceExport>.fromOpaque(instance)._withUnsafeGuaranteedRef {
              unsafe $0.dimensions(call, table)
            }
          },
          start: { instance, call, table, tokens, count in
            unsafe Unmanaged<SpaceExport>.fromOpaque(instance)._withUnsafeGuaranteedRef {
              unsafe $0.start(call, table, tokens, count)
            }
          },
          feasible: { instance, call, table, tokens, count, out in
            unsafe Unmanaged<SpaceExport>.fromOpaque(instance)._withUnsafeGuaranteedRef {
              unsafe $0.feasible(call, table, tokens, count, out)
            }
          },
          decode: { instance, call, table, tokens, count in
            unsafe Unmanaged<SpaceExport>.fromOpaque(instance)._withUnsafeGuaranteedRef {
              unsafe $0.decode(call, table, tokens, count)
            }
          }
        )
      )
    )
  }
}

/// An instance with the host that it answers to; what C calls `self`.
private final class SpaceExport: Sendable {
  let host: HostTable
  let strategy: any SearchSpace

  init(host: HostTable, strategy: any SearchSpace) {
    self.host = host
    self.strategy = strategy
  }

  @unsafe
  func dimensions(_ call: OpaquePointer, _ table: UnsafePointer<esp_space_host>) -> esp_status {
    unsafe answer(call, table) { context throws(PluginError) in
      for dimension in try strategy.dimensions(in: context) { try context.submit(dimension) }
    }
  }

  @unsafe
  func start(
    _ call: OpaquePointer,
    _ table: UnsafePointer<esp_space_host>,
    _ out: UnsafeMutablePointer<Int64>,
    _ count: UInt32
  ) -> esp_status {
    unsafe answer(call, table) { context throws(PluginError) in
      let tokens = try strategy.start(in: context)
      guard tokens.count == Int(count) else {
        throw PluginError(
          .invalidArgument,
          "the start has \(tokens.count) tokens, the space \(count) dimensions"
        )
      }
      for (place, token) in tokens.enumerated() { unsafe out[place] = Int64(token) }
    }
  }

  @unsafe
  func feasible(
    _ call: OpaquePointer,
    _ table: UnsafePointer<esp_space_host>,
    _ tokens: UnsafePointer<Int64>,
    _ count: UInt32,
    _ out: UnsafeMutablePointer<Int32>
  ) -> esp_status {
    unsafe answer(call, table) { context throws(PluginError) in
      let isFeasible = try unsafe strategy.isFeasible(read(tokens, count), in: context)
      unsafe out.pointee = isFeasible ? 1 : 0
    }
  }

  @unsafe
  func decode(
    _ call: OpaquePointer,
    _ table: UnsafePointer<esp_space_host>,
    _ tokens: UnsafePointer<Int64>,
    _ count: UInt32
  ) -> esp_status {
    unsafe answer(call, table) { context throws(PluginError) in
      try context.submit(try unsafe strategy.network(read(tokens, count), in: context))
    }
  }

  @unsafe
  private func read(_ tokens: UnsafePointer<Int64>, _ count: UInt32) -> [Int] {
    unsafe UnsafeBufferPointer(start: tokens, count: Int(count)).map { Int($0) }
  }

  /// Runs a body with a context for the call; a context that the space holds on to is closed after it.
  @unsafe
  private func answer(
    _ call: OpaquePointer,
    _ table: UnsafePointer<esp_space_host>,
    _ body: (HostSearchContext) throws(PluginError) -> Void
  ) -> esp_status {
    let context = unsafe HostSearchContext(host: host, call: call, table: table)
    defer { context.close() }
    do throws(PluginError) {
      try body(context)
      return ESP_OK
    } catch {
      return unsafe host.fail(call, error)
    }
  }
}
