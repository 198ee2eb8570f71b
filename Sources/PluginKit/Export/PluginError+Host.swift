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
