import Foundation
import TestSupport

/// Runs of the program that end as in a crash, one after the other.
enum KilledRuns {
  /// Starts a run and kills it, five times; from the moment that it has a store, it is resumed.
  ///
  /// - Parameters:
  ///   - verb: `train` or `compress`.
  ///   - recipe: what is run.
  ///   - run: its folder.
  ///   - seconds: the range that the times to live are drawn from.
  ///   - seed: what they are drawn by.
  /// - Returns: the arguments that go on with the run.
  /// - Throws: when the program cannot be started.
  static func kill(
    _ verb: String,
    _ recipe: String,
    run: String,
    after seconds: ClosedRange<Double>,
    seed: UInt64
  ) throws -> [String] {
    var random = SeededNumbers(seed)
    var arguments = [verb, recipe, "--run", run]
    for _ in 0..<5 {
      let process = Process()
      process.executableURL = URL(filePath: BuiltProgram.path("espalier"))
      process.arguments = arguments
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      Thread.sleep(forTimeInterval: Double.random(in: seconds, using: &random))
      Foundation.kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      // Killed before its store was there, a run is begun again.
      if FileManager.default.fileExists(atPath: "\(run)/run.sqlite") {
        arguments = [verb, "--resume", run]
      }
    }
    return arguments
  }
}
