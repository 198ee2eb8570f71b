import Tensors

/// The host as a plugin sees it: a copy of its table, every function perhaps absent.
///
/// `@unchecked`: the table is immutable and lives until the process ends.
@safe
final class HostTable: @unchecked Sendable {
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

  /// Uses the host's runtime in this image.
  func installRuntime() throws(PluginError) {
    let found = unsafe table.get_extension.flatMap { find in
      unsafe "esp.ops/1".withCrossing { unsafe find(address, $0) }
    }
    guard let found = unsafe found else {
      throw PluginError(.unimplemented, "this host has no tensor runtime (esp.ops/1)")
    }
    do throws(TensorError) {
      unsafe try Runtime.install(found.assumingMemoryBound(to: esp_ops_v1.self))
    } catch {
      throw PluginError(.unimplemented, "the host's tensor runtime is too old", cause: error)
    }
  }

  @unsafe
  func shouldStop(_ call: OpaquePointer) -> Bool {
    unsafe table.should_stop.map { unsafe $0(call) != 0 } ?? false
  }
}
