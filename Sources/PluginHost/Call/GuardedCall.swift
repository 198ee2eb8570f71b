import CGuard
import PluginKit

extension HostRecord {
  /// The one way into the plugin: with its crumb, its locks, its record, and an error that names the place.
  ///
  /// - Parameters:
  ///   - function: Which function it is.
  ///   - layer: What it is called for, a channel group or a tensor.
  ///   - record: The call as the plugin's C knows it; `nil` for a function that is handed none.
  ///   - lock: What keeps calls apart.
  ///   - body: Makes the guard's call.
  /// - Throws: ``PluginError`` with plugin, function and layer: the status that came back, an answer that could not be
  ///   taken, or how the plugin left the call.
  @unsafe
  func call(
    _ function: FunctionName,
    layer: String? = nil,
    record: CallRecord? = nil,
    lock: RecursiveLock? = nil,
    _ body: (UnsafePointer<esp_crumb>, UnsafeMutablePointer<esp_fault>) -> esp_status
  ) throws(PluginError) {
    lock?.lock()
    record?.begin()
    let ending =
      unsafe layer.map { layer in
        unsafe layer.withCrossing { unsafe enter(function, $0, record, body) }
      } ?? enter(function, esp_str(), record, body)
    record?.end()
    lock?.unlock()
    guard ending != nil || record?.hasFailed == true else { return }
    if let changed = ending?.changed, changed != 0 { warn(of: changed, in: function) }
    guard
      var error = failure(
        ending?.status ?? ESP_OK,
        ending?.fault ?? Fault.none,
        record,
        isInterrupted: (ending?.changed ?? 0) & ESP_STATE_INTERRUPTED != 0
      )
    else { return }
    error.origin = PluginError.Origin(
      plugin: plugin,
      function: function.text,
      layer: layer.flatMap { $0.isEmpty ? nil : $0 }
    )
    throw error
  }

  /// How a call ended that did not end as most do.
  private struct Ending {
    let status: esp_status
    let fault: Fault
    let changed: UInt32
  }

  /// What the guard met instead of an answer.
  private struct Fault {
    let kind: Int32
    let text: String
    static let none = Fault(kind: 0, text: "")
  }

  @unsafe
  private func enter(
    _ function: FunctionName,
    _ layer: esp_str,
    _ record: CallRecord?,
    _ body: (UnsafePointer<esp_crumb>, UnsafeMutablePointer<esp_fault>) -> esp_status
  ) -> Ending? {
    var crumb = unsafe crumb(function, layer: layer, record)
    // The guard begins by emptying the text: zeroing all of its 512 bytes would be felt in every call.
    return unsafe withUnsafeTemporaryAllocation(of: esp_fault.self, capacity: 1) { room in
      guard let fault = room.baseAddress else { return nil }
      let status = unsafe body(&crumb, fault)
      let changed = unsafe fault.pointee.changed
      guard status != ESP_OK || changed != 0 else { return nil }
      let kind = unsafe fault.pointee.kind
      return Ending(
        status: status,
        fault: Fault(
          kind: kind,
          text: status == ESP_OK || kind == 0 ? "" : unsafe fault.pointee.message
        ),
        changed: changed
      )
    }
  }

  private func failure(
    _ status: esp_status,
    _ fault: Fault,
    _ record: CallRecord?,
    isInterrupted: Bool
  ) -> PluginError? {
    switch fault.kind {
    case 0: break
    case ESP_FAULT_EXIT:
      return PluginError(
        .internalError,
        "it called \(fault.text), which ends the process",
        cause: PluginFault(.left)
      )
    case ESP_FAULT_THREAD:
      return PluginError(
        .internalError,
        "it called \(fault.text), which ends the host's thread",
        cause: PluginFault(.endedThread)
      )
    case ESP_FAULT_JUMP:
      return PluginError(
        .internalError,
        "it jumped out of its call by \(fault.text)",
        cause: PluginFault(.jumped)
      )
    case ESP_FAULT_LEFT:
      return PluginError(
        .internalError,
        "it is not called again: it left an earlier call, so what it holds is in no known state",
        cause: PluginFault(.left)
      )
    case ESP_FAULT_DEPTH:
      return PluginError(.internalError, "calls of plugins nest too deep")
    default: return PluginError(.internalError, "it threw: \(fault.text)")
    }
    if let rejection = record?.rejection { return rejection }
    if isInterrupted { return PluginError(.cancelled, "interrupted") }
    guard status != ESP_OK else { return nil }
    return record?.error(status)
      ?? PluginError(PluginError.Code(rawValue: status), "it returned \(status)")
  }
}

extension esp_fault {
  /// What the guard says, as people may read it.
  var message: String {
    unsafe withUnsafeBytes(of: text) { bytes in
      unsafe String(decoding: unsafe bytes.prefix { $0 != 0 }, as: UTF8.self).shown
    }
  }
}
