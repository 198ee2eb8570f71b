import Files
import Glibc

/// Carries out units in processes of this machine: `espalier unit FILE`, as many at once as there are workers.
///
/// A worker that dies is replaced, and its unit resumes from its checkpoint. Workers end with this process,
/// however it ends: their standard input is a pipe that it holds.
package final class LocalWorkers: TrialExecutor {
  /// How often a unit may lose its worker before the trial counts as failed.
  private static let attempts = 5

  package let workers: Int
  private let command: [String]
  private let folder: String
  /// Told that a worker died and its unit is begun again.
  private let tell: (_ unit: String, _ reason: String) -> Void
  private var waiting: [TrialUnit] = []
  private var running: [(worker: WorkerProcess, unit: TrialUnit)] = []
  private var deaths: [String: Int] = [:]

  /// - Parameters:
  ///   - workers: processes at once.
  ///   - command: the program and its arguments; the unit's file is added.
  ///   - folder: where the files of units are written.
  ///   - tell: told of a worker that died.
  package init(
    _ workers: Int,
    command: [String],
    folder: String,
    tell: @escaping (_ unit: String, _ reason: String) -> Void
  ) {
    self.workers = max(1, workers)
    self.command = command
    self.folder = folder
    self.tell = tell
  }

  package func start(_ unit: TrialUnit) throws {
    waiting.append(unit)
    try fill()
  }

  package func next() throws -> TrialResult {
    while true {
      try fill()
      guard !running.isEmpty else { throw SearchError.worker("there is no unit to wait for") }
      let place = try WorkerProcess.firstToEnd(of: running.map(\.worker))
      let (worker, unit) = running.remove(at: place)
      let end = worker.end()
      if let result = Self.result(of: end.output, unit) { return result }
      guard end.isDeath else {
        throw SearchError.worker(
          "unit \(unit.digest.prefix(12)) \(end.text)",
          exitCode: end.code
        )
      }
      deaths[unit.digest, default: 0] += 1
      guard deaths[unit.digest, default: 0] < Self.attempts else {
        let reason = "its worker died \(Self.attempts) times; the last \(end.text)"
        return TrialResult(unit: unit.digest, reward: nil, seconds: 0, reason: reason)
      }
      tell(unit.digest, end.text)
      waiting.insert(unit, at: 0)
    }
  }

  /// Stops the workers for a while, as a measurement wants the machine to itself.
  package func whilePaused<Result>(_ body: () throws -> Result) rethrows -> Result {
    for (worker, _) in running { worker.signal(SIGSTOP) }
    defer { for (worker, _) in running { worker.signal(SIGCONT) } }
    return try body()
  }

  deinit { for (worker, _) in running { _ = worker.end(killing: true) } }

  /// Gives free workers the units that wait.
  private func fill() throws {
    while running.count < workers, !waiting.isEmpty {
      let unit = waiting.removeFirst()
      let file = "\(folder)/\(unit.digest).json"
      try Folder.make(folder)
      try File.write(Array("\(unit.json.line)\n".utf8), to: file)
      running.append((try WorkerProcess(command + [file]), unit))
    }
  }

  /// The result in what a worker wrote, if it is of this unit.
  private static func result(of output: [UInt8], _ unit: TrialUnit) -> TrialResult? {
    for line in output.split(separator: UInt8(ascii: "\n")).reversed() {
      guard let json = try? JSONReader.read(Array(line)), let result = TrialResult(json),
        result.unit == unit.digest
      else { continue }
      return result
    }
    return nil
  }
}

@available(*, unavailable) extension LocalWorkers: Sendable {}
