import Foundation
import Testing

/// Real files that the project does not keep.
enum TestData {
  static let folder: String? = {
    let stated = ProcessInfo.processInfo.environment["ESPALIER_TEST_DATA"]
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let candidates: [String?] = [
      stated, root.appendingPathComponent("shared/data").path,
    ]
    return candidates.compactMap(\.self).first { FileManager.default.fileExists(atPath: $0) }
  }()

  /// The ONNX files below a folder of the data, in order.
  static func models(_ under: String) -> [String] {
    guard let folder else { return [] }
    let names = FileManager.default.enumerator(atPath: "\(folder)/\(under)")?.allObjects ?? []
    return names.compactMap { $0 as? String }.filter { $0.hasSuffix(".onnx") }.sorted()
      .map { "\(folder)/\(under)/\($0)" }
  }
}

/// The Python with onnx and numpy that tests take their expectations from.
enum Python {
  static let path: String? = {
    let stated = ProcessInfo.processInfo.environment["ESPALIER_PYTHON"]
    guard let stated, FileManager.default.isExecutableFile(atPath: stated) else { return nil }
    return stated
  }()

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Runs a script and returns what it printed; throws its errors.
  static func run(_ script: String, _ arguments: [String] = []) throws -> String {
    guard let path else { throw Failure(description: "ESPALIER_PYTHON is not set") }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = ["-c", script] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let text = String(decoding: data, as: UTF8.self)
    guard process.terminationStatus == 0 else { throw Failure(description: text) }
    return text
  }
}

/// A folder that is removed with its last user.
final class ScratchFolder: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "espalier-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { "\(path)/\(name)" }
}

extension Trait where Self == ConditionTrait {
  static var requiresData: Self {
    .enabled("no ESPALIER_TEST_DATA and no ../shared/data") { TestData.folder != nil }
  }
  static var requiresPython: Self {
    .enabled("ESPALIER_PYTHON names no Python with onnx") { Python.path != nil }
  }
}
