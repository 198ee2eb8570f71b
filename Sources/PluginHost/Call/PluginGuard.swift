import CGuard

/// What the program tells the guard over calls into plugins, which is the process's own.
package enum PluginGuard {
  /// Where errors go that nobody can be handed, as a line and, unless `nil`, as JSON; both stay open whatever a plugin closes.
  package static func write(to errors: Int32, json: Int32? = nil) {
    esp_guard_streams(errors, json ?? -1)
  }

  /// Whether a plugin left a call otherwise than by returning, if only as it was ended.
  package static var wasLeft: Bool { esp_guard_has_left(nil) != 0 }

  /// Says how to go on, where a hang or an interruption ends the process.
  package static func advise(_ text: String) { unsafe esp_guard_advise(text) }

  /// Asks plugins to stop; a signal handler may.
  ///
  /// - Parameter ends: Whether the work ends with the call that a plugin is in.
  /// - Returns: Whether a thread is in one.
  package static func interrupt(ends: Bool) -> Bool { esp_guard_interrupt(ends ? 1 : 0) != 0 }

  /// Whether work was to end with the call that a plugin is in.
  package static var isInterrupted: Bool { esp_guard_interrupted() != 0 }
}

extension PluginPolicy {
  /// Puts the limits of time into force.
  func limitTime() {
    let limit = max(0, min(deadline, 1e9)) * 1000
    esp_guard_deadline(UInt64(limit.rounded(.up)), UInt64(min(10_000, max(100, limit)).rounded()))
  }
}
