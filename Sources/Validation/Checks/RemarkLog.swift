import PluginHost
import PluginKit
import Synchronization

/// The warnings of a plugin, and of the host about it.
package final class RemarkLog: Sendable {
  private let remarks = Mutex<[String]>([])

  func add(_ level: LogLevel, _ text: String) {
    guard level >= .warning else { return }
    remarks.withLock { if $0.count < 20 { $0.append(text) } }
  }

  /// What was said since this was last asked, each once.
  func take() -> [String] {
    remarks.withLock { remarks in
      defer { remarks = [] }
      var seen: Set<String> = []
      return remarks.filter { seen.insert($0).inserted }
    }
  }
}
