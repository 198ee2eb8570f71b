import Glibc

/// Where a runtime's library is looked for: a pure function of the environment and of what files there are.
package struct InferenceLocations: Sendable, Hashable {
  /// Names on the loader's path and files, in the order in which they are tried.
  package let candidates: [String]
  /// The same as patterns, for a message about a library that was not found.
  package let searched: [String]

  /// Derives the places.
  ///
  /// - Parameters:
  ///   - kind: the runtime.
  ///   - named: the library that the user names; nothing else is tried then.
  ///   - environment: reads a variable.
  ///   - matching: the files of a pattern, in rising order.
  package init(
    _ kind: InferenceKind,
    named: String? = nil,
    environment: (String) -> String? = Self.variable,
    matching: (String) -> [String] = Self.files
  ) {
    if let named = named ?? environment(kind.variable) {
      candidates = [named]
      searched = [named]
      return
    }
    let patterns = Self.packageFolders(environment: environment, matching: matching)
      .map { "\($0)/\(kind.placeInPackages)" }
    // Of several versions the last.
    candidates = kind.names + patterns.flatMap { matching($0).reversed() }
    searched = kind.names.map { "\($0) on the loader's path" } + patterns
  }

  /// The folders of packages that `ESPALIER_PYTHON` and the first `python3` of `PATH` import from, as patterns.
  private static func packageFolders(
    environment: (String) -> String?,
    matching: (String) -> [String]
  ) -> [String] {
    var folders: [String] = []
    if let python = environment("ESPALIER_PYTHON") { folders += packageFolders(of: python) }
    let path = environment("PATH") ?? ""
    let pythons = path.split(separator: ":").map { "\($0)/python3" }
    if let python = pythons.first(where: { !matching($0).isEmpty }) {
      folders += packageFolders(of: python).filter { !folders.contains($0) }
      if let home = environment("HOME") {
        folders.append("\(home)/.local/lib/python3*/site-packages")
      }
    }
    return folders
  }

  /// `bin/python` stands beside `lib`; Debian's own packages lie in folders of other names.
  private static func packageFolders(of python: String) -> [String] {
    let parts = python.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
    let root = parts.joined(separator: "/")
    let debian = [
      "\(root)/lib/python3*/dist-packages", "\(root)/local/lib/python3*/dist-packages",
    ]
    return ["\(root)/lib/python3*/site-packages"] + (root == "/usr" ? debian : [])
  }

  /// A variable of this process; nil where it is empty, too.
  package static func variable(_ name: String) -> String? {
    guard let text = unsafe getenv(name) else { return nil }
    let value = unsafe String(cString: text)
    return value.isEmpty ? nil : value
  }

  /// The files of a shell's pattern, in rising order.
  package static func files(_ pattern: String) -> [String] {
    var found = unsafe glob_t()
    defer { unsafe globfree(&found) }
    guard unsafe glob(pattern, 0, nil, &found) == 0 else { return [] }
    return unsafe (0..<Int(found.gl_pathc)).compactMap { index in
      unsafe found.gl_pathv[index].map { unsafe String(cString: $0) }
    }
  }
}
