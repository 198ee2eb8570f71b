import CWorker
import Files

/// What a process has that a plugin may change without leave.
struct ProcessFacts {
  private let state: esp_process_state
  let threads: Int
  let files: Int

  init() {
    var state = esp_process_state()
    unsafe esp_process_state_read(&state)
    self.state = state
    threads = (try? Folder.names(in: "/proc/self/task").count) ?? 0
    files = (try? Folder.names(in: "/proc/self/fd").count) ?? 0
  }

  /// What is different now.
  func changes(to now: ProcessFacts) -> [String] {
    var changes: [String] = []
    if state.folder != now.state.folder { changes.append("the current folder") }
    if state.locale != now.state.locale { changes.append("the locale") }
    if state.mask != now.state.mask { changes.append("the umask") }
    if state.rounding != now.state.rounding || state.vector_control != now.state.vector_control {
      changes.append("how floating-point numbers are rounded")
    }
    if state.signals != now.state.signals { changes.append("a signal's handler") }
    if now.threads > threads { changes.append("\(now.threads - threads) more threads") }
    if now.files > files { changes.append("\(now.files - files) more open files") }
    return changes
  }

  /// Bytes of the heap in use.
  static var heap: Int { Int(clamping: esp_heap_in_use()) }
}
