import CGuard
package import PluginKit
import Synchronization

/// Where messages of plugins go.
package typealias PluginLog =
  @Sendable (_ level: LogLevel, _ plugin: String, _ message: String) -> Void

/// The host as one plugin sees it: the C table and what stands behind it; lives as long as the process.
@safe
final class HostRecord: Sendable {
  let plugin: String
  let log: PluginLog
  let memory: PluginMemory
  private let declined = Mutex<String?>(nil)
  private let tables: HostTables

  /// `@unchecked`: written once in `make`, before anyone reads it.
  @safe
  private struct HostTables: @unchecked Sendable {
    let table: UnsafeMutablePointer<esp_host>
    let pluginName: UnsafePointer<CChar>
  }

  /// The version that is told to plugins.
  static let version = "0.1.0"

  private init(
    plugin: String,
    memory: PluginMemory,
    log: @escaping PluginLog,
    tables: HostTables
  ) {
    self.plugin = plugin
    self.memory = memory
    self.log = log
    self.tables = tables
  }

  /// Makes the record; it is never freed, since a plugin may keep the table.
  static func make(
    plugin: String,
    memory: PluginMemory = PluginMemory(),
    log: @escaping PluginLog
  ) -> HostRecord {
    let arena = CArena(permanent: true)
    let table = unsafe arena.store(
      esp_host(
        struct_size: UInt32(MemoryLayout<esp_host>.size),
        abi_major: ESP_ABI_MAJOR,
        abi_minor: ESP_ABI_MINOR,
        oldest_minor: 0,
        host_data: nil,
        name: arena.string("espalier"),
        version: arena.string(version),
        log: { unsafe logMessage($0, $1, $2) },
        fail: { unsafe failCall($0, $1, $2, $3) },
        should_stop: { unsafe shouldStop($0) },
        temp: { unsafe makeScratch($0, $1, $2) },
        retain_dlpack: { unsafe retainView($0, $1, $2) },
        get_extension: { unsafe findExtension($0, $1) }
      )
    )
    let name = unsafe arena.store(plugin.utf8CString.map { $0 })
    let record = unsafe HostRecord(
      plugin: plugin,
      memory: memory,
      log: log,
      tables: HostTables(table: table, pluginName: UnsafePointer(name ?? arena.store(0)))
    )
    unsafe table.pointee.host_data = Unmanaged.passRetained(record).toOpaque()
    return record
  }

  @unsafe var table: UnsafePointer<esp_host> { unsafe UnsafePointer(tables.table) }

  /// Takes the reason that the plugin gave outside any call.
  func takeReason() -> String? {
    declined.withLock { reason in
      defer { reason = nil }
      return reason
    }
  }

  func setReason(_ reason: String) { declined.withLock { $0 = reason } }

  /// The crumb for a call into the plugin.
  @unsafe func crumb(_ function: StaticString, layer: esp_str) -> esp_crumb {
    unsafe esp_crumb(
      plugin: tables.pluginName,
      function: UnsafeRawPointer(function.utf8Start).assumingMemoryBound(to: CChar.self),
      layer: layer
    )
  }
}

@unsafe
private func record(_ host: UnsafePointer<esp_host>) -> HostRecord? {
  unsafe host.pointee.host_data.map {
    unsafe Unmanaged<HostRecord>.fromOpaque($0).takeUnretainedValue()
  }
}

@unsafe
private func logMessage(_ host: UnsafePointer<esp_host>, _ level: Int32, _ message: esp_str) {
  guard let record = unsafe record(host) else { return }
  let loudness = LogLevel(rawValue: max(0, min(3, level))) ?? .info
  record.log(loudness, record.plugin, unsafe String(crossing: message))
}

@unsafe
private func failCall(
  _ host: UnsafePointer<esp_host>,
  _ call: OpaquePointer?,
  _ code: esp_status,
  _ message: esp_str
) -> esp_status {
  let text = unsafe String(crossing: message)
  if let call = unsafe call {
    unsafe CallRecord.at(call).note(PluginError(PluginError.Code(rawValue: code), text))
  } else {
    unsafe record(host)?.setReason(text)
  }
  return code
}

@unsafe
private func shouldStop(_ call: OpaquePointer) -> Int32 {
  unsafe CallRecord.at(call).shouldStop ? 1 : 0
}

@unsafe
private func makeScratch(
  _ call: OpaquePointer,
  _ prototype: UnsafePointer<esp_tensor_view>,
  _ out: UnsafeMutablePointer<esp_tensor_view>
) -> esp_status {
  let record = unsafe CallRecord.at(call)
  guard record.isOpen else { return ESP_E_INVALID_ARGUMENT }
  let wanted = unsafe widened(prototype)
  guard unsafe wanted.device_type == ESP_DEVICE_CPU else {
    return record.refuse(.unimplemented, "scratch memory is offered on the CPU only")
  }
  let rank = Int(unsafe wanted.ndim)
  guard (0...16).contains(rank), unsafe rank == 0 || wanted.shape != nil else {
    return record.refuse(.invalidArgument, "the scratch's prototype has no shape")
  }
  var shape = [Int64](repeating: 0, count: rank)
  for axis in 0..<rank { shape[axis] = unsafe wanted.shape?[axis] ?? 0 }
  var strides = [Int64](repeating: 1, count: rank)
  var bytes = (Int(unsafe wanted.dtype_bits) * max(1, Int(unsafe wanted.dtype_lanes)) + 7) / 8
  for axis in stride(from: rank - 1, through: 0, by: -1) {
    if axis < rank - 1 {
      strides[axis] =
        strides[axis + 1].multipliedReportingOverflow(by: shape[axis + 1]).partialValue
    }
    let (product, overflow) = bytes.multipliedReportingOverflow(by: Int(shape[axis]))
    guard shape[axis] >= 0, !overflow, product <= 1 << 40 else {
      return record.refuse(.outOfMemory, "the scratch asked for is too large")
    }
    bytes = product
  }
  var view = unsafe wanted
  unsafe view.flags = 0
  unsafe view.data = record.arena.scratch(byteCount: bytes)
  unsafe view.shape = UnsafePointer(record.arena.store(shape))
  unsafe view.strides = UnsafePointer(record.arena.store(strides))
  unsafe view.byte_offset = 0
  unsafe view.handle = nil
  unsafe fill(out, with: view)
  return ESP_OK
}

@unsafe
private func retainView(
  _ call: OpaquePointer,
  _ view: UnsafePointer<esp_tensor_view>,
  _ out: UnsafeMutablePointer<UnsafeMutableRawPointer?>
) -> esp_status {
  let copy = unsafe widened(view)
  var fault = esp_fault()
  let status = unsafe withUnsafePointer(to: copy) { unsafe esp_dlpack_copy($0, out, &fault) }
  guard status != ESP_OK else { return status }
  return unsafe CallRecord.at(call).refuse(PluginError.Code(rawValue: status), fault.message)
}

@unsafe
private func findExtension(_ host: UnsafePointer<esp_host>, _ id: esp_str) -> UnsafeRawPointer? {
  unsafe HostExtensions.table(String(crossing: id), for: record(host))
}
