import CEspalier

extension PluginError {
  /// Throws what the host refuses.
  ///
  /// - Parameters:
  ///   - status: what one of its functions returned.
  ///   - name: the function, as messages name it.
  /// - Throws: the error of that code.
  static func check(_ status: esp_status, _ name: String) throws(PluginError) {
    guard status != ESP_OK else { return }
    throw PluginError(
      Code(rawValue: status),
      "the host's \"\(name)\" failed: \(Code(rawValue: status))"
    )
  }
}

/// A function of the host's table with the call that it is for.
///
/// - Throws: ``PluginError`` where the call has ended, or this host lacks the function.
@unsafe
func offered<T>(
  _ function: T?,
  _ name: String,
  during call: OpaquePointer?
) throws(PluginError) -> (T, OpaquePointer) {
  guard let call = unsafe call else { throw PluginError.ended }
  guard let function else {
    throw PluginError(.unimplemented, "this host does not offer \"\(name)\"")
  }
  return unsafe (function, call)
}

extension PluginError {
  /// What a context says that a strategy has kept.
  static var ended: PluginError {
    PluginError(.invalidArgument, "the call that this context was for has ended: keep none")
  }
}
