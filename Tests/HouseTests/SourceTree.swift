import Foundation

/// The project's own source files, read as text.
enum SourceTree {
  /// The folder that holds Package.swift.
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Paths, relative to the root, of files below `folder` with one of these endings.
  static func files(in folder: String, endings: Set<String>) -> [String] {
    let base = root.appending(path: folder)
    guard let walker = FileManager.default.enumerator(at: base, includingPropertiesForKeys: nil)
    else { return [] }
    return walker.compactMap { $0 as? URL }
      .filter { endings.contains($0.pathExtension) && !$0.path.contains("/.build/") }
      .map { String($0.path.dropFirst(root.path.count + 1)) }
      .sorted()
  }

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  /// Modules named by the file's import lines.
  static func imports(_ path: String) throws -> [String] {
    try text(path).split(separator: "\n").compactMap { line in
      guard
        let match = line.firstMatch(
          of:
            #/^(?:@\S+ )*(?:(?:public|package|internal|private|fileprivate) )?import (?:\w+ )?(\w+)/#
        )
      else { return nil }
      return String(match.1)
    }
  }
}
