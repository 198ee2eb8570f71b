import Glibc

/// What a process that runs a stranger's code may use.
package struct Confinement: Sendable, Hashable {
  /// Bytes of memory that it may fill; the process that started it watches this.
  package var memory = 4 << 30
  /// Bytes of addresses beyond ``memory``, of which libraries take many and fill few.
  package var addressesBeyond = 24 << 30
  /// Seconds of processor time; `nil` for any.
  package var processorSeconds: Int?
  /// Bytes of one file.
  package var fileBytes = 2 << 30
  /// Processes of the user.
  package var processes = 4096
  /// Whether it can start no process, open no connection and write no file outside ``writable``, where the system can deny that.
  package var seals = true
  /// Whether memory that was writable can never be executed.
  package var fixesCode = false
  /// Whether it ends with the thread that started it; it ends with the process in any case.
  package var endsWithThread = false
  /// Folders below which it may write.
  package var writable: [String] = []

  package init() {}

  /// The same as arguments of a program.
  var arguments: [String] {
    let numbers = [
      memory + addressesBeyond, processorSeconds ?? 0, fileBytes, processes, seals ? 1 : 0,
      fixesCode ? 1 : 0,
      endsWithThread ? Int(getpid()) : 0,
    ]
    return [numbers.map(String.init).joined(separator: ":")] + writable
  }
}
