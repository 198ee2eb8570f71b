import CGuard
import PluginKit

extension CallRecord {
  /// Answers a function that belongs to the thread of the call that it is given; what `body` throws becomes the status.
  ///
  /// From another thread, or with a call that has ended, nothing is done: it is an error of the call that lasts.
  @unsafe
  static func answer<Record: CallRecord>(
    _ call: OpaquePointer,
    _ function: StaticString,
    as type: Record.Type = Record.self,
    _ body: (Record) throws(PluginError) -> Void
  ) -> esp_status {
    guard unsafe esp_guard_enter_host(UnsafeRawPointer(call)) != 0 else {
      return unsafe misplaced(call, function)
    }
    defer { esp_guard_leave_host() }
    guard let record = unsafe at(call) as? Record else {
      return unsafe at(call).refuse(
        .invalidArgument,
        "\"\(function)\" is no function of this call"
      )
    }
    do throws(PluginError) {
      try body(record)
      return ESP_OK
    } catch {
      return record.decline(error)
    }
  }

  /// The status of a host function that does not belong where it was called, which is an error of whichever call lasts.
  @unsafe
  private static func misplaced(_ call: OpaquePointer, _ function: StaticString) -> esp_status {
    let record = unsafe at(call)
    if record.isOpen {
      return record.reject(
        PluginError(
          .invalidArgument,
          "it called \"\(function)\" from another thread than that of the call",
          cause: PluginFault(.otherThread)
        )
      )
    }
    let error = PluginError(
      .invalidArgument,
      "it called \"\(function)\" for a call that has ended",
      cause: PluginFault(.afterCall)
    )
    // Where this thread is in another call of the plugin, that one is at fault.
    if let current = unsafe esp_guard_current() {
      return unsafe at(OpaquePointer(current)).reject(error)
    }
    return error.code.rawValue
  }
}
