import Files
import Glibc

extension Companions {
  /// Maps what the library needs by absolute paths, so that the loader searches for none of it.
  ///
  /// LD_LIBRARY_PATH comes before a library's own run path; a name that is mapped already is not searched for.
  ///
  /// - Parameters:
  ///   - folder: Where the bundled files were staged.
  ///   - path: The plugin's library, for the messages.
  /// - Throws: A refusal of step 6.
  func map(from folder: String, for path: String) throws(Refusal) {
    for name in system { try Self.mapSystem(name, for: path) }
    for name in order {
      let staged = "\(folder)/\(name)"
      if let mapped = SystemLibraries.mappedPath(of: name), mapped != staged {
        guard let file = bundled.first(where: { $0.name == name })?.file,
          (try? File.contents(of: mapped, acceptsPipes: false)) == file.bytes
        else {
          throw Refusal(
            .libraryClash,
            path,
            "it brings \"\(name)\", but another library of that name is mapped from \(mapped)"
          )
        }
        continue
      }
      try Self.map(staged, for: path)
    }
  }

  /// Maps a library of the system, after those that it needs itself.
  private static func mapSystem(_ name: String, for path: String) throws(Refusal) {
    guard SystemLibraries.mappedPath(of: name) == nil else { return }
    guard let found = SystemLibraries.path(of: name) else {
      throw Refusal(.loadFailed, path, "it needs \"\(name)\", which is in no folder of the system")
    }
    if let bytes = try? File.contents(of: found, acceptsPipes: false),
      let image = try? ELFImage(bytes)
    {
      for needed in image.needed where needed != name { try mapSystem(needed, for: path) }
    }
    try map(found, for: path)
  }

  private static func map(_ file: String, for path: String) throws(Refusal) {
    guard unsafe dlopen(file, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE) == nil else { return }
    let reason = unsafe dlerror().map { unsafe String(cString: $0) } ?? "dlopen failed"
    throw Refusal(.loadFailed, path, reason)
  }
}
