import CGuard
import Files
import Glibc

/// The libraries that a plugin may need without bringing them along: docs/plugins.md has the list.
enum SystemLibraries {
  /// The C library's parts, the compilers' run times, and the driver of CUDA.
  private static let names: Set<String> = [
    "libc.so.6", "libm.so.6", "libmvec.so.1", "libpthread.so.0", "libdl.so.2", "librt.so.1",
    "libutil.so.1", "libresolv.so.2", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1",
    "libgcc_s.so.1", "libstdc++.so.6", "libatomic.so.1", "libgomp.so.1", "libcuda.so.1",
    // Swift's, beside those that begin with libswift.
    "libdispatch.so", "libBlocksRuntime.so", "libFoundation.so", "libFoundationEssentials.so",
    "libFoundationInternationalization.so", "lib_FoundationICU.so",
  ]

  /// CUDA's libraries, of the major version that this host's runtime is built for.
  private static let cudaNames = [
    "libcudart.so.", "libcublas.so.", "libcublasLt.so.", "libnvrtc.so.",
  ]
  private static let cudaMajor = "13"

  /// Whether a plugin may need a library of this name from the system.
  static func contain(_ name: String) -> Bool {
    names.contains(name) || name.hasPrefix("libswift") && name.hasSuffix(".so")
      || cudaNames.contains { name == $0 + cudaMajor }
  }

  /// The path that a library of this name is mapped from; `nil` where none is mapped.
  static func mappedPath(of name: String) -> String? {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
      guard let start = buffer.baseAddress,
        unsafe esp_loaded_path(name, start, buffer.count) == 1
      else { return nil }
      return unsafe String(cString: start)
    }
  }

  /// Where a library of the system lies: beside those that this process runs by, else in a folder of the system's.
  ///
  /// LD_LIBRARY_PATH has no say in it.
  static func path(of name: String) -> String? {
    folders.lazy.map { "\($0)/\(name)" }.first { File.isRegular($0) }
  }

  /// The folders in the order of search.
  private static var folders: [String] {
    let own = ["libswiftCore.so", "libc.so.6", "libstdc++.so.6"].compactMap(mappedPath)
    return own.filter { $0.contains("/") }.map(FilePath.folder)
      + configured("/etc/ld.so.conf", depth: 0)
      + ["/lib64", "/lib", "/usr/lib64", "/usr/lib"]
  }

  /// The folders that a file of the loader's configuration names, those of the files that it includes too.
  private static func configured(_ path: String, depth: Int) -> [String] {
    guard depth < 3, let text = try? File.text(of: path, acceptsPipes: false) else { return [] }
    var folders: [String] = []
    for line in text.split(whereSeparator: \.isNewline) {
      let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace).map(String.init)
      if words.first == "include" {
        for pattern in words.dropFirst() {
          let folder = FilePath.folder(of: FilePath.path(pattern, from: FilePath.folder(of: path)))
          let names = (try? Folder.names(in: folder)) ?? []
          for name in names where unsafe fnmatch(FilePath.name(of: pattern), name, 0) == 0 {
            folders += configured("\(folder)/\(name)", depth: depth + 1)
          }
        }
      } else {
        folders += words.filter { $0.hasPrefix("/") }
      }
    }
    return folders
  }
}
