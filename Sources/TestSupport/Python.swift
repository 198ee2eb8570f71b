import Foundation

/// A Python with onnx, onnxruntime and numpy, the oracle of many tests where it is present.
public enum Python: Sendable {
  /// `$ESPALIER_PYTHON`, else the one that `scripts/setup.sh --python` made; nil where neither can be run.
  public static let interpreter: String? = {
    let environment = ProcessInfo.processInfo.environment
    let cache = environment["XDG_CACHE_HOME"] ?? "\(environment["HOME"] ?? "")/.cache"
    return [environment["ESPALIER_PYTHON"], "\(cache)/espalier/python/bin/python"]
      .compactMap(\.self).first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  /// Whether there is one.
  public static var isPresent: Bool { interpreter != nil }

  /// Why a test that needs it does not run.
  public static let reason =
    "no Python: set ESPALIER_PYTHON to one with onnx, onnxruntime and numpy"

  /// Runs a script with arguments and returns what it printed.
  ///
  /// - Throws: ``Failure`` with the script's error text when it fails.
  public static func run(_ script: String, _ arguments: [String] = []) throws -> String {
    guard let interpreter else { throw Failure(text: reason) }
    let process = try Subprocess.run(interpreter, ["-c", script] + arguments)
    guard process.status == 0 else { throw Failure(text: process.errors) }
    return process.text
  }

  /// What a script said when it failed.
  public struct Failure: Error, CustomStringConvertible, Sendable {
    let text: String
    /// The script's error text.
    public var description: String { text }
  }
}
