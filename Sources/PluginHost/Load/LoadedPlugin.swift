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
  ///   - marker: The file where a crash of it is remembered.
  ///   - log: Where its messages go.
  /// - Throws: A refusal of step 6 or 7.
  init(
    manifest: Manifest,
    file: String,
    path: String,
    sha256: String,
    memory: PluginMemory = PluginMemory(),
    marker: String?,
    log: @escaping PluginLog
  ) throws(Refusal) {
    self.manifest = manifest
    self.sha256 = sha256
    esp_guard_install()
    let host = HostRecord.make(
      plugin: manifest.id,
      memory: memory,
      marker: marker,
      log: log
    )
    self.host = host
    let handle = try unsafe Self.open(file, host, path)
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
    switch manifest.abi {
    case .table(let entries):
      let entry = try unsafe symbol("esp_plugin_entry_v1")
      unsafe host.map(entry)
      let pointer = try unsafe Self.enter(entry, host, path)
      (shutdown, offers) = try host.reading { () throws(Refusal) in
        let table = try unsafe Self.shake(pointer, path)
        try unsafe Self.identify(table, as: manifest, path)
        return (
          unsafe table.shutdown.map { ShutdownFunction(call: $0) },
          try unsafe Self.strategies(table, manifest, entries, host: host, path: path)
            .mapValues { .table($0) }
        )
      }
    case .functions(let declarations):
      shutdown = nil
      let serial = manifest.isProcessSerial ? RecursiveLock() : nil
      var functions: [String: [FunctionDeclaration.Role: CFunction]] = [:]
      for declaration in declarations {
        let address = try unsafe symbol(declaration.symbol)
        unsafe host.map(address)
        functions[declaration.id, default: [:]][declaration.role] = try unsafe CFunction(
          declaration,
          symbol: address,
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
    defer { warnOfThreads() }
    guard let shutdown, !host.hasLeft else { return }
    do throws(PluginError) {
      unsafe try host.call("shutdown") { unsafe esp_guard_shutdown($0, shutdown.call, $1) }
    } catch {
      host.log(.warning, manifest.id, "\(error)")
    }
  }

  private func warnOfThreads() {
    guard host.threads > 0 else { return }
    host.log(
      .warning,
      manifest.id,
      host.threads == 1
        ? "a thread that it made still runs as the program ends: join it in \"shutdown\""
        : "\(host.threads) threads that it made still run as the program ends: join them in \"shutdown\""
    )
  }

  /// Maps the library, which runs its constructors.
  @unsafe
  private static func open(
    _ file: String,
    _ host: HostRecord,
    _ path: String
  ) throws(Refusal) -> UnsafeMutableRawPointer {
    var crumb = unsafe host.crumb("constructor", layer: esp_str(), nil)
    var fault = esp_fault()
    var handle: UnsafeMutableRawPointer?
    let flags = RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE
    let status = unsafe esp_guard_open(&crumb, file, flags, &handle, &fault)
    host.warn(of: fault.changed, in: "constructor")
    guard status == ESP_OK, let handle = unsafe handle else {
      let isThrown = fault.kind == ESP_FAULT_THREW
      throw Refusal(
        .loadFailed,
        path,
        isThrown ? "its constructor threw: \(fault.message)" : fault.message
      )
    }
    return unsafe handle
  }

  @unsafe
  private static func enter(
    _ entry: UnsafeMutableRawPointer,
    _ host: HostRecord,
    _ path: String
  ) throws(Refusal) -> UnsafePointer<esp_plugin> {
    var pointer: UnsafePointer<esp_plugin>?
    let hostTable = unsafe host.table
    do throws(PluginError) {
      unsafe try host.call("esp_plugin_entry_v1") {
        unsafe esp_guard_entry($0, entry, hostTable, &pointer, $1)
      }
    } catch {
      let cause = error.cause.map { " (\($0))" } ?? ""
      throw Refusal(
        .entryThrew,
        path,
        "the entry of \(host.plugin) did not return: \(error.message)\(cause)"
      )
    }
    guard let pointer = unsafe pointer else {
      throw Refusal(
        .declined,
        path,
        "it declined: \(host.takeReason() ?? "without giving a reason")"
      )
    }
    return unsafe pointer
  }

  @unsafe
  private static func shake(
    _ pointer: UnsafePointer<esp_plugin>,
    _ path: String
  ) throws(Refusal) -> esp_plugin {
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
    let id = unsafe String(shown: table.id)
    let version = unsafe String(shown: table.version)
    guard id == manifest.id, version == manifest.version else {
      throw Refusal(
        .tableIdentity,
        path,
        "its table says \(id) \(version), the manifest \(manifest.id) \(manifest.version)"
      )
    }
  }
}
