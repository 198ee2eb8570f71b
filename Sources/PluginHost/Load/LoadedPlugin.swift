import CGuard
import Glibc
import PluginKit

/// A plugin that passed every step and is mapped; it is never unmapped.
final class LoadedPlugin: Sendable {
  let manifest: Manifest
  let sha256: String
  let host: HostRecord
  private let offers: [String: Offer]
  private let shutdown: ShutdownFunction?

  /// A strategy, by its table or as plain C functions.
  enum Offer: Sendable {
    case table(LoadedStrategy)
    case functions([FunctionDeclaration.Role: CFunction])
    /// In a process of its own.
    case isolated(IsolatedStrategy)
  }

  /// `@unchecked`: an address in a library that stays mapped.
  private struct ShutdownFunction: @unchecked Sendable {
    let call: @convention(c) () -> Void
  }

  /// Steps 6 and 7: maps the file, shakes hands, copies and checks every table.
  ///
  /// - Parameters:
  ///   - manifest: What the plugin says of itself.
  ///   - file: The absolute path to map.
  ///   - path: The path that messages name.
  ///   - sha256: Of the file, for the provenance.
  ///   - memory: Where the buffers lie that it is lent.
  ///   - log: Where its messages go.
  /// - Throws: A refusal of step 6 or 7.
  init(
    manifest: Manifest,
    file: String,
    path: String,
    sha256: String,
    memory: PluginMemory = PluginMemory(),
    log: @escaping PluginLog
  ) throws(Refusal) {
    self.manifest = manifest
    self.sha256 = sha256
    esp_guard_install()
    guard let handle = unsafe dlopen(file, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE) else {
      throw Refusal(
        .loadFailed,
        path,
        unsafe dlerror().map { unsafe String(cString: $0) } ?? "dlopen failed"
      )
    }
    func symbol(_ name: String) throws(Refusal) -> UnsafeMutableRawPointer {
      guard let address = unsafe dlsym(handle, name) else {
        throw Refusal(
          .loadFailed,
          path,
          unsafe dlerror().map { unsafe String(cString: $0) } ?? "no \(name)"
        )
      }
      return unsafe address
    }
    let host = HostRecord.make(plugin: manifest.id, memory: memory, log: log)
    self.host = host
    switch manifest.abi {
    case .table(let entries):
      let table = try unsafe Self.shake(symbol("esp_plugin_entry_v1"), host, path)
      try unsafe Self.identify(table, as: manifest, path)
      shutdown = unsafe table.shutdown.map { ShutdownFunction(call: $0) }
      offers = try unsafe Self.strategies(table, manifest, entries, host: host, path: path)
        .mapValues { .table($0) }
    case .functions(let declarations):
      shutdown = nil
      let serial = manifest.isProcessSerial ? RecursiveLock() : nil
      var functions: [String: [FunctionDeclaration.Role: CFunction]] = [:]
      for declaration in declarations {
        functions[declaration.id, default: [:]][declaration.role] = try unsafe CFunction(
          declaration,
          symbol: symbol(declaration.symbol),
          host: host,
          serial: serial,
          path: path
        )
      }
      offers = functions.mapValues { .functions($0) }
    }
  }

  /// What stands behind a strategy's id.
  func offer(_ id: String) -> Offer? { offers[id] }

  /// What a strategy says of itself.
  func description(of id: String) -> StrategyDescription? {
    switch offers[id] {
    case nil: nil
    case .table(let strategy)?: strategy.description
    case .functions(let functions)?: functions.description(version: manifest.version)
    case .isolated(let strategy)?: strategy.description
    }
  }

  /// Lets the plugin join its threads, at the end of the process.
  func shutDown() {
    guard let shutdown else { return }
    var crumb = unsafe host.crumb("shutdown", layer: esp_str())
    var fault = esp_fault()
    if unsafe esp_guard_shutdown(&crumb, shutdown.call, &fault) != ESP_OK {
      host.log(.warning, manifest.id, "\"shutdown\" threw: \(fault.message)")
    }
  }

  @unsafe
  private static func shake(
    _ entry: UnsafeMutableRawPointer,
    _ host: HostRecord,
    _ path: String
  ) throws(Refusal) -> esp_plugin {
    var crumb = unsafe host.crumb("esp_plugin_entry_v1", layer: esp_str())
    var fault = esp_fault()
    var pointer: UnsafePointer<esp_plugin>?
    guard unsafe esp_guard_entry(&crumb, entry, host.table, &pointer, &fault) == ESP_OK else {
      throw Refusal(.entryThrew, path, "its entry threw: \(fault.message)")
    }
    guard let pointer = unsafe pointer else {
      throw Refusal(
        .declined,
        path,
        "it declined: \(host.takeReason() ?? "without giving a reason")"
      )
    }
    let table = unsafe widened(pointer)
    let required = unsafe MemoryLayout<esp_plugin>.offset(of: \.strategies).map { $0 + 8 } ?? 0
    guard unsafe table.struct_size >= required, unsafe table.struct_size <= TableLimits.structSize
    else {
      throw Refusal(.tableMalformed, path, "its struct_size is \(unsafe table.struct_size)")
    }
    let version = unsafe table.abi
    guard version.struct_size == UInt32(MemoryLayout<esp_version>.size) else {
      throw Refusal(.tableMalformed, path, "its version's struct_size is \(version.struct_size)")
    }
    guard version.major == ESP_ABI_MAJOR else {
      throw Refusal(
        .versionMajor,
        path,
        "it is built for major \(version.major), this host is \(ESP_ABI_MAJOR)"
      )
    }
    guard version.min_host_minor <= ESP_ABI_MINOR else {
      throw Refusal(
        .versionFloor,
        path,
        "it needs a host of \(version.major).\(version.min_host_minor), this one is "
          + "\(ESP_ABI_MAJOR).\(ESP_ABI_MINOR)"
      )
    }
    return unsafe table
  }

  @unsafe
  private static func identify(
    _ table: esp_plugin,
    as manifest: Manifest,
    _ path: String
  ) throws(Refusal) {
    let id = unsafe String(crossing: table.id)
    let version = unsafe String(crossing: table.version)
    guard id == manifest.id, version == manifest.version else {
      throw Refusal(
        .tableIdentity,
        path,
        "its table says \(id) \(version), the manifest \(manifest.id) \(manifest.version)"
      )
    }
  }
}
