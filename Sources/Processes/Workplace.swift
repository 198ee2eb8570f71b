import CWorker
import Glibc
import Synchronization

/// The place of a process that runs a stranger's code: its channel to whoever started it, and what it lost.
@safe
package final class Workplace: Sendable {
  /// Whether the system denies it other processes and connections, and files.
  package let isSealed: Bool
  private let channel: Int32
  private let stopFlag: SharedFlag?
  private let inbox = Mutex(Inbox())
  private let outbox = Mutex(())

  /// Takes this process's rights, as ``ChildProcess`` has written at the end of the arguments; `nil` where it did not start it.
  package init?(arguments: [String]) {
    guard arguments.count >= 3, let channel = Int32(arguments[0]), let page = Int32(arguments[1]),
      channel > 2
    else { return nil }
    let numbers = arguments[2].split(separator: ":").compactMap { UInt64($0) }
    guard numbers.count == 7 else { return nil }
    let folders = unsafe arguments[3...].map { unsafe UnsafePointer(strdup($0)) }
    let kept = [channel, page]
    let lacking = unsafe folders.withUnsafeBufferPointer { folders in
      unsafe kept.withUnsafeBufferPointer { kept -> UInt32 in
        guard let start = kept.baseAddress else { return .max }
        var confinement = unsafe esp_confinement(
          kept: start,
          n_kept: UInt32(kept.count),
          seals: UInt32(truncatingIfNeeded: numbers[4]),
          fixed_code: UInt32(truncatingIfNeeded: numbers[5]),
          parent: pid_t(truncatingIfNeeded: numbers[6]),
          address_space: numbers[0],
          cpu_seconds: numbers[1],
          file_bytes: numbers[2],
          processes: numbers[3],
          writable: folders.baseAddress,
          n_writable: UInt32(folders.count)
        )
        return unsafe esp_worker_confine(&confinement)
      }
    }
    unsafe folders.forEach { unsafe free(UnsafeMutablePointer(mutating: $0)) }
    isSealed = lacking == 0
    self.channel = channel
    stopFlag = SharedFlag(page: page)
    close(page)
    let context = unsafe UnsafeMutableRawPointer(bitPattern: UInt(channel))
    var thread = pthread_t()
    unsafe pthread_create(
      &thread,
      nil,
      { channel in
        esp_worker_watch(Int32(truncatingIfNeeded: UInt(bitPattern: channel)))
        return nil
      },
      context
    )
    pthread_detach(thread)
  }

  /// Whether the code is to end soon.
  package var shouldStop: Bool { stopFlag?.isSet ?? false }

  /// Waits for the next message; `nil` where there will be none.
  package func receive() -> Frame? {
    inbox.withLock { inbox in
      while true {
        switch inbox.read(channel) {
        case .frame(let frame): return frame
        case .nothing: continue
        case .closed, .broken: return nil
        }
      }
    }
  }

  /// Sends a message, from any thread.
  ///
  /// - Returns: Whether somebody can read it.
  @discardableResult
  package func send(_ frame: Frame) -> Bool {
    outbox.withLock { _ in write(frame.header) && write(frame.payload) }
  }

  private func write(_ bytes: [UInt8]) -> Bool {
    var done = 0
    while done < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { bytes in
        unsafe Glibc.send(
          channel,
          bytes.baseAddress.map { unsafe $0 + done },
          bytes.count - done,
          Int32(MSG_NOSIGNAL)
        )
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return false }
      done += count
    }
    return true
  }
}
