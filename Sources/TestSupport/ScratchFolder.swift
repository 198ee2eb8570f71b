public import Foundation

/// A folder of its own for one test, removed when the last reference goes.
public final class ScratchFolder: Sendable {
  /// The folder.
  public let url: URL

  /// A new, empty folder.
  ///
  /// - Throws: when it cannot be made.
  public init() throws {
    url = FileManager.default.temporaryDirectory
      .appendingPathComponent("espalier-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// The path of a file in the folder.
  public func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  /// Writes a text file and returns its path.
  ///
  /// - Throws: when it cannot be written.
  public func write(_ text: String, to name: String) throws -> String {
    try Data(text.utf8).write(to: url.appendingPathComponent(name))
    return path(name)
  }
}
