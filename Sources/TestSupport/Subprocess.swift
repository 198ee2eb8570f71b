public import Foundation

/// A program that a test runs, and what it said.
public struct Subprocess: Sendable {
  /// Its exit status; negative for the signal that ended it.
  public let status: Int32
  /// What it wrote to its output.
  public let output: Data
  /// What it wrote to its error stream, as text.
  public let errors: String

  /// What it wrote to its output, as text.
  public var text: String { String(decoding: output, as: UTF8.self) }

  /// Runs a program to its end.
  ///
  /// - Parameters:
  ///   - program: the path of the executable.
  ///   - arguments: what it is given.
  ///   - environment: variables beside the ones of this process.
  ///   - folder: its working folder; this process's own by default.
  /// - Returns: its status and what it wrote.
  /// - Throws: when it cannot be started.
  public static func run(
    _ program: String,
    _ arguments: [String],
    environment: [String: String] = [:],
    in folder: URL? = nil
  ) throws -> Subprocess {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    if let folder { process.currentDirectoryURL = folder }
    let scratch = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    _ = FileManager.default.createFile(atPath: scratch.path, contents: nil)
    defer { try? FileManager.default.removeItem(at: scratch) }
    // Errors go to a file: two pipes, read one after the other, could block each other.
    let errors = try FileHandle(forWritingTo: scratch)
    let output = Pipe()
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let isSignal = process.terminationReason == .uncaughtSignal
    return Subprocess(
      status: isSignal ? -process.terminationStatus : process.terminationStatus,
      output: data,
      errors: String(decoding: try Data(contentsOf: scratch), as: UTF8.self)
    )
  }
}

/// The command line program that was built beside the tests.
public enum BuiltProgram: Sendable {
  /// The path of a product that lies beside the test bundle.
  public static func path(_ name: String) -> String {
    let bundle = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    let beside = bundle.deletingLastPathComponent().appendingPathComponent(name)
    if FileManager.default.isExecutableFile(atPath: beside.path) { return beside.path }
    return TestData.packageRoot.appendingPathComponent(".build/release/\(name)").path
  }

  /// Runs `espalier` with these arguments.
  ///
  /// - Throws: when it cannot be started.
  public static func espalier(
    _ arguments: [String],
    environment: [String: String] = [:],
    in folder: URL? = nil
  ) throws -> Subprocess {
    try Subprocess.run(path("espalier"), arguments, environment: environment, in: folder)
  }
}
