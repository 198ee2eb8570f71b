/// The host as a plugin sees it: a copy of its table, every function perhaps absent.
///
/// `@unchecked`: the table is immutable and lives until the process ends.
@safe
struct HostTable: @unchecked Sendable {
  private let address: UnsafePointer<esp_host>
  private let table: esp_host

  @unsafe
  init(_ host: UnsafePointer<esp_host>) {
    unsafe address = host
    unsafe table = widened(host)
  }

  func log(_ level: LogLevel, _ message: String) {
    guard let log = unsafe table.log else { return }
    unsafe message.withCrossing { unsafe log(address, level.rawValue, $0) }
  }

  /// Hands the error to the host and returns the status for C.
  @unsafe
  func fail(_ call: OpaquePointer?, _ error: PluginError) -> esp_status {
    guard let fail = unsafe table.fail else { return error.code.rawValue }
    var text = error.message
    if let cause = error.cause { text += " (\(cause))" }
    return unsafe text.withCrossing { unsafe fail(address, call, error.code.rawValue, $0) }
  }

  @unsafe
  func shouldStop(_ call: OpaquePointer) -> Bool {
    unsafe table.should_stop.map { unsafe $0(call) != 0 } ?? false
  }
}
