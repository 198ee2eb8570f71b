import Glibc
import PluginHost

/// The program's two streams: results to the first, progress and errors to the second.
struct Console: Sendable {
  /// Whether results are JSON.
  let wantsJSON: Bool
  private let streams: StandardStreams
  private let isTerminal: Bool

  init(wantsJSON: Bool, _ streams: StandardStreams) {
    self.wantsJSON = wantsJSON
    self.streams = streams
    isTerminal = isatty(streams.errors) == 1
  }

  /// Writes a result.
  func write(_ text: String) {
    Self.write(text, to: streams.output)
    // What a plugin still does is no part of the results.
    if wantsJSON { PluginGuard.write(to: streams.errors) }
  }

  /// Tells what is being done: replaced by the next on a terminal, a line of its own elsewhere.
  func progress(_ text: String) {
    Self.write(isTerminal ? "\r\u{1B}[K\(text)" : "\(text)\n", to: streams.errors)
  }

  /// Ends a progress line on a terminal, so that what follows stands alone.
  func endProgress() {
    if isTerminal { Self.write("\r\u{1B}[K", to: streams.errors) }
  }

  /// Writes a remark that is no result: a warning, a hint.
  func note(_ text: String) {
    endProgress()
    Self.write("espalier: \(text)\n", to: streams.errors)
  }

  private static func write(_ text: String, to descriptor: Int32) {
    var text = text
    text.withUTF8 { bytes in
      var done = 0
      while done < bytes.count {
        let part = unsafe UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[done...])
        let count = unsafe Glibc.write(descriptor, part.baseAddress, part.count)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { return }
        done += count
      }
    }
  }
}
