import Glibc

/// Where libtorch and the runtime are looked for: a pure function of the environment and this image's place.
package struct RuntimeLocations: Sendable, Hashable {
  /// Folders that may hold `lib/libtorch_cpu.so`, first wins.
  package let torchRoots: [String]
  /// Files that may be the runtime, first wins.
  package let runtimes: [String]

  package static let version = "2.11"
  private static let folder = "espalier/torch-2.11.0/torch"
  private static let library = "libEspalierRuntime.so"

  /// Derives the places.
  ///
  /// - Parameters:
  ///   - environment: Reads a variable.
  ///   - executable: Path of the running program.
  package init(environment: (String) -> String?, executable: String?) {
    func variable(_ name: String) -> String? {
      environment(name).flatMap { $0.isEmpty ? nil : $0 }
    }
    if let named = variable("ESPALIER_TORCH") {
      torchRoots = [named]
    } else if let cache = variable("XDG_CACHE_HOME") {
      torchRoots = ["\(cache)/\(Self.folder)"]
    } else {
      torchRoots = ["\(variable("HOME") ?? "/root")/.cache/\(Self.folder)"]
    }
    if let named = variable("ESPALIER_RUNTIME") {
      runtimes = [named]
      return
    }
    // Beside the executable; an installation may keep libraries in ../lib.
    let directory =
      executable.flatMap { path in path.lastIndex(of: "/").map { path[..<$0] } } ?? "."
    runtimes = ["\(directory)/\(Self.library)", "\(directory)/../lib/\(Self.library)"]
  }

  /// The places for this process.
  package static func current() -> RuntimeLocations {
    RuntimeLocations(
      environment: { name in
        guard let text = unsafe getenv(name) else { return nil }
        return unsafe String(cString: text)
      },
      executable: program()
    )
  }

  private static func program() -> String? {
    guard let path = unsafe realpath("/proc/self/exe", nil) else { return nil }
    defer { unsafe free(path) }
    return unsafe String(cString: path)
  }
}
