// How quantizers cross the boundary: esp.quantizer/1.

extension Plugin.Entry {
  /// Offers a quantizer.
  public static func quantizer<S: Strategy & Quantizer>(_ type: S.Type) -> Plugin.Entry {
    Plugin.Entry(
      description: S.description,
      export: unsafe StrategyExport(
        interface: ESP_QUANTIZER_V1,
        hostMinor: 1,
        vtable: { unsafe vtable(in: $0) },
        make: { settings, host throws(PluginError) in
          QuantizerExport(host: host, strategy: try S(settings: settings))
        }
      )
    )
  }

  @unsafe
  private static func vtable(in arena: CArena) -> UnsafeRawPointer {
    unsafe UnsafeRawPointer(
      arena.store(
        esp_quantizer_v1(
          struct_size: UInt32(MemoryLayout<esp_quantizer_v1>.size),
          reserved: 0,
          plan: { instance, call, table in
            unsafe Unmanaged<QuantizerExport>.fromOpaque(instance)._withUnsafeGuaranteedRef {
              unsafe $0.plan(call, table)
            }
          },
          ranges: { instance, call, table, index, out, count in
            unsafe Unmanaged<QuantizerExport>.fromOpaque(instance)._withUnsafeGuaranteedRef {
              unsafe $0.ranges(call, table, index, out, count)
            }
          }
        )
      )
    )
  }
}

/// An instance with the host that it answers to; what C calls `self`.
private final class QuantizerExport: Sendable {
  let host: HostTable
  let strategy: any Quantizer

  init(host: HostTable, strategy: any Quantizer) {
    self.host = host
    self.strategy = strategy
  }

  @unsafe
  func plan(_ call: OpaquePointer, _ table: UnsafePointer<esp_quantizing_host>) -> esp_status {
    unsafe answer(call, table) { context throws(PluginError) in
      try context.submit(try strategy.plan(for: context))
    }
  }

  @unsafe
  func ranges(
    _ call: OpaquePointer,
    _ table: UnsafePointer<esp_quantizing_host>,
    _ index: UInt32,
    _ out: UnsafeMutablePointer<esp_range>,
    _ count: UInt64
  ) -> esp_status {
    unsafe answer(call, table) { context throws(PluginError) in
      let tensor = try context.tensor(Int(index))
      let ranges = try strategy.ranges(of: tensor, in: context)
      guard ranges.count == Int(clamping: count) else {
        throw PluginError(
          .invalidArgument,
          "\(ranges.count) ranges for \"\(tensor.name)\", which takes \(count)"
        )
      }
      for (place, range) in ranges.enumerated() {
        unsafe out[place] = esp_range(low: range.low, high: range.high)
      }
    }
  }

  /// Runs a body with a context for the call; a context that the strategy holds on to is closed after it.
  @unsafe
  private func answer(
    _ call: OpaquePointer,
    _ table: UnsafePointer<esp_quantizing_host>,
    _ body: (HostQuantizationContext) throws(PluginError) -> Void
  ) -> esp_status {
    let context = unsafe HostQuantizationContext(host: host, call: call, table: table)
    defer { context.close() }
    do throws(PluginError) {
      try body(context)
      return ESP_OK
    } catch {
      return unsafe host.fail(call, error)
    }
  }
}
