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
  /// The records of this plugin's calls that no call has.
  let records: RecordPool
  private let declined = Mutex<String?>(nil)
  /// The parts of the process's state that a warning was given for.
  private let told = Mutex<UInt32>(0)
  private let tables: HostTables

  /// `@unchecked`: written once in `make`, before anyone reads it.
  @safe
  private struct HostTables: @unchecked Sendable {
    let table: UnsafeMutablePointer<esp_host>
    let guarded: OpaquePointer
  }

  /// The host's version, as plugins see it.
  static let version = "0.1.0"

  private init(
    plugin: String,
    memory: PluginMemory,
    log: @escaping PluginLog,
    tables: HostTables
  ) {
    self.plugin = plugin
    self.memory = memory
    records = RecordPool(memory: memory)
    self.log = log
    self.tables = tables
  }

  /// Makes the record; it is never freed, since a plugin may keep the table.
  ///
  /// - Parameters:
  ///   - plugin: Its id.
  ///   - memory: Where the buffers lie that it is lent.
  ///   - marker: The file where a crash of it is remembered.
  ///   - log: Where its messages go.
  /// - Returns: The record.
  static func make(
    plugin: String,
    memory: PluginMemory = PluginMemory(),
    marker: String? = nil,
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
        temp: { call, prototype, out in
          unsafe CallRecord.answer(call, "temp") { record throws(PluginError) in
            unsafe try record.lendScratch(like: prototype, to: out)
          }
        },
        retain_dlpack: { call, view, out in
          unsafe CallRecord.answer(call, "retain_dlpack") { _ throws(PluginError) in
            unsafe try retain(view, to: out)
          }
        },
        get_extension: { unsafe findExtension($0, $1) }
      )
    )
    let guarded = unsafe plugin.withCString { name in
      unsafe marker.map { unsafe $0.withCString { unsafe esp_guard_know(name, $0) } }
        ?? esp_guard_know(name, nil)
    }
    let record = unsafe HostRecord(
      plugin: plugin,
      memory: memory,
      log: log,
      tables: HostTables(table: table, guarded: guarded)
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
  @unsafe func crumb(_ function: FunctionName, layer: esp_str, _ call: CallRecord?) -> esp_crumb {
    unsafe esp_crumb(
      plugin: tables.guarded,
      function: function.pointer,
      layer: layer,
      call: call.map { unsafe UnsafeRawPointer($0.pointer) }
    )
  }

  /// Whether it left a call otherwise than by returning: it is called no more.
  var hasLeft: Bool { unsafe esp_guard_has_left(tables.guarded) != 0 }

  /// Threads that it made and that still run.
  var threads: Int { Int(unsafe esp_guard_threads(tables.guarded)) }

  /// Tells the guard which addresses are the plugin's: those of the library that one of them is in.
  @unsafe func map(_ address: UnsafeRawPointer) { unsafe esp_guard_map(tables.guarded, address) }

  /// Reads what the plugin's tables point at, which may be anywhere: a crash meanwhile is the plugin's.
  func reading<Answer, Problem: Error>(
    _ body: () throws(Problem) -> Answer
  ) throws(Problem) -> Answer {
    var crumb = unsafe crumb("its tables", layer: esp_str(), nil)
    unsafe esp_guard_begin_reading(&crumb)
    defer { esp_guard_end_reading() }
    return try body()
  }

  /// Warns of what a call changed of the process, each kind once.
  func warn(of changed: UInt32, in function: FunctionName) {
    let new = told.withLock { told in
      defer { told |= changed }
      return changed & ~told
    }
    let kinds = ProcessState.names(of: new)
    guard !kinds.isEmpty else { return }
    log(
      .warning,
      plugin,
      "its \"\(function.text)\" changed \(kinds.joined(separator: ", ")) of the process, which is put back "
        + "(\(PluginFault(.changedState)))"
    )
  }
}

/// What a plugin may change of the process.
private enum ProcessState {
  private static let known: [(bit: UInt32, name: String)] = [
    (ESP_STATE_FLOATING, "the floating-point control"), (ESP_STATE_LOCALE, "the locale"),
    (ESP_STATE_FOLDER, "the working folder"), (ESP_STATE_UMASK, "the umask"),
    (ESP_STATE_SIGNALS, "signal handlers"), (ESP_STATE_MASK, "the blocked signals"),
    (ESP_STATE_DESCRIPTORS, "the standard streams"), (ESP_STATE_LIMITS, "limits of resources"),
    (ESP_STATE_TIMERS, "timers"), (ESP_STATE_FILES, "open files"),
  ]

  static func names(of bits: UInt32) -> [String] {
    known.filter { bits & $0.bit != 0 }.map(\.name)
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
  let text = unsafe String(shown: message)
  let isInside = esp_guard_enter() != 0
  defer { if isInside { esp_guard_leave_host() } }
  record.log(loudness, record.plugin, text)
}

@unsafe
private func failCall(
  _ host: UnsafePointer<esp_host>,
  _ call: OpaquePointer?,
  _ code: esp_status,
  _ message: esp_str
) -> esp_status {
  let text = unsafe String(shown: message)
  if let call = unsafe call {
    unsafe CallRecord.at(call).note(PluginError(PluginError.Code(rawValue: code), text))
  } else {
    unsafe record(host)?.setReason(text)
  }
  return code
}

@unsafe
private func shouldStop(_ call: OpaquePointer) -> Int32 {
  let record = unsafe CallRecord.at(call)
  guard record.isOpen, unsafe esp_guard_should_stop(UnsafeRawPointer(call)) == 0 else { return 1 }
  // What the run wants is asked on the thread of the call.
  guard unsafe esp_guard_enter_host(UnsafeRawPointer(call)) != 0 else { return 0 }
  defer { esp_guard_leave_host() }
  return record.isUnwanted ? 1 : 0
}

extension CallRecord {
  /// Lends zeroed memory of a prototype's shape until the call ends.
  @unsafe
  fileprivate func lendScratch(
    like prototype: UnsafePointer<esp_tensor_view>,
    to out: UnsafeMutablePointer<esp_tensor_view>
  ) throws(PluginError) {
    let wanted = unsafe widened(prototype)
    guard unsafe wanted.device_type == ESP_DEVICE_CPU else {
      throw PluginError(.unimplemented, "scratch memory is offered on the CPU only")
    }
    let rank = Int(unsafe wanted.ndim)
    guard (0...16).contains(rank), unsafe rank == 0 || wanted.shape != nil else {
      throw PluginError(.invalidArgument, "the scratch's prototype has no shape")
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
        throw PluginError(.outOfMemory, "the scratch asked for is too large")
      }
      bytes = product
    }
    var view = unsafe wanted
    unsafe view.flags = 0
    unsafe view.data = arena.scratch(byteCount: bytes)
    unsafe view.shape = UnsafePointer(arena.store(shape))
    unsafe view.strides = UnsafePointer(arena.store(strides))
    unsafe view.byte_offset = 0
    unsafe view.handle = nil
    unsafe fill(out, with: view)
  }
}

@unsafe
private func retain(
  _ view: UnsafePointer<esp_tensor_view>,
  to out: UnsafeMutablePointer<UnsafeMutableRawPointer?>
) throws(PluginError) {
  let copy = unsafe widened(view)
  var fault = esp_fault()
  let status = unsafe withUnsafePointer(to: copy) { unsafe esp_dlpack_copy($0, out, &fault) }
  guard status == ESP_OK else {
    throw PluginError(PluginError.Code(rawValue: status), fault.message)
  }
}

@unsafe
private func findExtension(_ host: UnsafePointer<esp_host>, _ id: esp_str) -> UnsafeRawPointer? {
  let isInside = esp_guard_enter() != 0
  defer { if isInside { esp_guard_leave_host() } }
  return unsafe HostExtensions.table(String(crossing: id), for: record(host))
}
