import CWorker

/// How a process ended.
package struct ProcessEnd: Sendable, Hashable {
  /// The signal that ended it; `nil` where it ended by itself.
  package let signal: Int32?
  package let code: Int32

  /// What `waitpid` has told.
  init(status: Int32) {
    let number = status & 0x7F
    signal = number == 0 ? nil : number
    code = number == 0 ? (status >> 8) & 0xFF : 0
  }

  /// The signal's name, such as SIGSEGV.
  package var signalName: String? {
    signal.map { number in
      unsafe esp_signal_name(number).map { unsafe "SIG" + String(cString: $0) }
        ?? "signal \(number)"
    }
  }
}

extension ProcessEnd: CustomStringConvertible {
  package var description: String {
    signalName.map { "was ended by \($0)" } ?? "ended itself with exit code \(code)"
  }
}

/// Why a process gave no answer.
package enum ProcessFailure: Error, Sendable, Hashable {
  case start(String)
  /// It ended, or crashed.
  case ended(ProcessEnd)
  /// It was still at work at the deadline.
  case deadline
  /// It filled more memory than it may.
  case memory(limit: Int)
  /// It closed the connection, or what came through it is no message.
  case connection(String)
}

extension ProcessFailure: CustomStringConvertible {
  package var description: String {
    switch self {
    case .start(let reason): "the process does not start: \(reason)"
    case .ended(let end): "the process \(end)"
    case .deadline: "the process was still at work at its deadline and was ended"
    case .memory(let limit):
      "the process filled more than \(limit >> 20) MiB of memory and was ended"
    case .connection(let reason): "the process \(reason)"
    }
  }
}
