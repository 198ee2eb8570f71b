import Synchronization

/// The door of a Swift plugin: one line that exports it.
///
/// ```swift
/// @c @implementation
/// public func esp_plugin_entry_v1(_ host: UnsafePointer<esp_host>) -> UnsafePointer<esp_plugin>? {
///   unsafe PluginExport.entry(host, plugin)
/// }
/// ```
public enum PluginExport: Sendable {
  /// Builds the tables that the host reads; they live until the process ends.
  ///
  /// - Parameters:
  ///   - host: What the host passed to the entry.
  ///   - plugin: What the plugin offers.
  /// - Returns: The plugin's table.
  /// - Safety: `host` is the pointer that the host passed.
  @unsafe
  public static func entry(
    _ host: UnsafePointer<esp_host>,
    _ plugin: Plugin
  ) -> UnsafePointer<esp_plugin>? {
    let arena = CArena(permanent: true)
    let strategies = unsafe plugin.strategies.map { unsafe strategy($0, in: arena) }
    let table = unsafe esp_plugin(
      struct_size: UInt32(MemoryLayout<esp_plugin>.size),
      n_strategies: UInt32(strategies.count),
      abi: esp_version(
        struct_size: UInt32(MemoryLayout<esp_version>.size),
        major: ESP_ABI_MAJOR,
        minor: ESP_ABI_MINOR,
        min_host_minor: plugin.strategies.map(\.export.hostMinor).min() ?? 0
      ),
      id: arena.string(plugin.id),
      version: arena.string(plugin.version),
      vendor: arena.string(plugin.vendor),
      strategies: UnsafePointer(arena.store(strategies)),
      shutdown: plugin.shutdown.map(Ending.export)
    )
    return unsafe UnsafePointer(arena.store(table))
  }

  @unsafe
  private static func strategy(
    _ entry: Plugin.Entry,
    in arena: CArena
  ) -> UnsafePointer<esp_strategy>? {
    let description = entry.description
    let parameters = unsafe description.parameters.map { unsafe parameter($0, in: arena) }
    var flags: UInt32 = 0
    if description.isReentrant { flags |= ESP_S_REENTRANT }
    if description.isDeterministic { flags |= ESP_S_DETERMINISTIC }
    let maker = unsafe Unmanaged.passRetained(Maker(entry.export, description.parameters))
      .toOpaque()
    let table = unsafe esp_strategy(
      struct_size: UInt32(MemoryLayout<esp_strategy>.size),
      flags: flags,
      id: arena.string(description.id),
      interface_id: arena.string(entry.export.interface),
      name: arena.string(description.name),
      doc: arena.string(description.doc),
      version: arena.string(description.version),
      device_mask: description.devices.rawValue,
      params: UnsafePointer(arena.store(parameters)),
      n_params: UInt32(parameters.count),
      reserved: 0,
      data: maker,
      create: { unsafe runCreate($0, $1, $2, $3, $4, $5) },
      destroy: { unsafe Unmanaged<AnyObject>.fromOpaque($0).release() },
      vtable: entry.export.vtable(arena)
    )
    return unsafe UnsafePointer(arena.store(table))
  }

  @unsafe
  private static func parameter(
    _ spec: ParameterSpec,
    in arena: CArena
  ) -> UnsafePointer<esp_param_spec>? {
    var flags: UInt32 = 0
    if spec.isRequired { flags |= ESP_P_REQUIRED }
    if spec.isTunable { flags |= ESP_P_TUNABLE }
    if spec.isLogarithmic { flags |= ESP_P_LOG }
    let choices = unsafe spec.choices.map { unsafe arena.string($0) }
    let table = unsafe esp_param_spec(
      struct_size: UInt32(MemoryLayout<esp_param_spec>.size),
      type: spec.kind.tag,
      flags: flags,
      n_choices: UInt32(choices.count),
      name: arena.string(spec.name),
      doc: arena.string(spec.doc),
      alias: arena.string(spec.alias ?? ""),
      def: arena.value(spec.defaultValue),
      min: arena.value(spec.minimum),
      max: arena.value(spec.maximum),
      choices: UnsafePointer(arena.store(choices))
    )
    return unsafe UnsafePointer(arena.store(table))
  }
}

/// What the plugin does at the end of the process.
///
/// C passes nothing to `shutdown`, so what it runs is the image's one state.
private enum Ending {
  private static let body = Mutex<(@Sendable () -> Void)?>(nil)

  /// Keeps the plugin's ending, and returns the function that runs it once.
  static func export(_ ending: @escaping @Sendable () -> Void) -> @convention(c) () -> Void {
    body.withLock { $0 = ending }
    return {
      let ending = Ending.body.withLock { body in
        defer { body = nil }
        return body
      }
      ending?()
    }
  }
}

/// How instances of one strategy are made; kept by its table.
private final class Maker: Sendable {
  let export: StrategyExport
  let parameters: [ParameterSpec]

  init(_ export: StrategyExport, _ parameters: [ParameterSpec]) {
    self.export = export
    self.parameters = parameters
  }
}

@unsafe
private func runCreate(
  _ strategy: UnsafePointer<esp_strategy>,
  _ host: UnsafePointer<esp_host>,
  _ call: OpaquePointer,
  _ values: UnsafePointer<esp_value>?,
  _ count: UInt32,
  _ out: UnsafeMutablePointer<UnsafeMutableRawPointer?>
) -> esp_status {
  let table = unsafe HostTable(host)
  guard let data = unsafe strategy.pointee.data else {
    return unsafe table.fail(call, PluginError(.internalError, "the strategy's table was altered"))
  }
  let maker = unsafe Unmanaged<Maker>.fromOpaque(data).takeUnretainedValue()
  do throws(PluginError) {
    guard Int(count) == maker.parameters.count else {
      throw PluginError(
        .invalidArgument,
        "the host passed \(count) parameters, the strategy declares \(maker.parameters.count)"
      )
    }
    var settings = Settings()
    if let values = unsafe values {
      for (index, spec) in maker.parameters.enumerated() {
        settings.values[spec.name] = unsafe ParameterValue(crossing: values[index])
      }
    }
    let instance = try maker.export.make(settings, table)
    unsafe out.pointee = Unmanaged.passRetained(instance).toOpaque()
    return ESP_OK
  } catch {
    return unsafe table.fail(call, error)
  }
}
