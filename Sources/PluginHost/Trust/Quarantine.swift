package import Files
import Glibc

/// The libraries that crashed, hung or left a call: a file each, named by the hash of the library.
///
/// The guard writes it while the process ends, so a build that crashed is refused from then on, whatever its manifest; another
/// build has another hash.
package struct Quarantine: Sendable, Hashable {
  package let folder: String

  package init(folder: String) { self.folder = folder }

  /// Why a library is refused.
  package struct Reason: Sendable, Hashable {
    /// A code of docs/plugins.md.
    package let code: String
    package let plugin: String
    package let function: String
    /// Empty where there was none.
    package let layer: String
    /// What it did.
    package let what: String
    /// Seconds since 1970.
    package let time: Int

    package init(
      code: String,
      plugin: String,
      function: String,
      layer: String,
      what: String,
      time: Int
    ) {
      self.code = code
      self.plugin = plugin
      self.function = function
      self.layer = layer
      self.what = what
      self.time = time
    }
  }

  /// The file of a library, in a folder that is made where it is not there; `nil` where it cannot be.
  func marker(of sha256: String) -> String? {
    do { try Folder.make(folder, mode: 0o700) } catch { return nil }
    return path(of: sha256)
  }

  /// Why a library was put here; `nil` for one that was not.
  package func reason(of sha256: String) -> Reason? {
    guard let bytes = try? File.contents(of: path(of: sha256), acceptsPipes: false) else {
      return nil
    }
    var fields: [Substring: Substring] = [:]
    let text = String(decoding: bytes, as: UTF8.self)
    for line in text.split(separator: "\n") {
      guard let equal = line.firstIndex(of: "=") else { continue }
      fields[line[..<equal]] = line[line.index(after: equal)...]
    }
    func field(_ name: Substring) -> String { String(fields[name] ?? "") }
    return Reason(
      code: field("code"),
      plugin: field("plugin"),
      function: field("function"),
      layer: field("layer"),
      what: field("what"),
      time: Int(field("seconds")) ?? 0
    )
  }

  /// Keeps a library out until it is lifted.
  ///
  /// - Throws: `FileError` where that cannot be written down.
  package func record(_ reason: Reason, of sha256: String) throws(FileError) {
    try Folder.make(folder, mode: 0o700)
    let text = """
      code=\(reason.code)
      seconds=\(reason.time)
      plugin=\(reason.plugin)
      function=\(reason.function)
      layer=\(reason.layer)
      what=\(reason.what)

      """
    try File.write(Array(text.utf8), to: path(of: sha256))
  }

  /// Lets a library be used again.
  ///
  /// - Returns: Whether it was kept out.
  package func lift(_ sha256: String) -> Bool { unsafe unlink(path(of: sha256)) == 0 }

  /// The libraries of a plugin that are kept out, with the reason, by hash.
  package func builds(of plugin: String) -> [(sha256: String, reason: Reason)] {
    let names = (try? Folder.names(in: folder)) ?? []
    return names.sorted().compactMap { name in
      reason(of: name).flatMap { $0.plugin == plugin ? (name, $0) : nil }
    }
  }

  private func path(of sha256: String) -> String { "\(folder)/\(sha256)" }
}

extension Quarantine.Reason: CustomStringConvertible {
  /// When it happened and in which call.
  package var description: String {
    var moment = unsafe tm()
    var seconds = time_t(time)
    var text = [CChar](repeating: 0, count: 32)
    unsafe gmtime_r(&seconds, &moment)
    unsafe strftime(&text, text.count, "%Y-%m-%d %H:%M:%S UTC", &moment)
    let date = String(
      decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) },
      as: UTF8.self
    )
    let place = layer.isEmpty ? function : "\(function) of \"\(layer)\""
    return "on \(date), in \(place), \(what) (\(code))"
  }
}
