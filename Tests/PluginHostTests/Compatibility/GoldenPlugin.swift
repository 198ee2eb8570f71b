import FoundationEssentials
import Glibc
import PluginHost
import PluginKit
import Testing

/// Libraries that were built against a released minor of the ABI by `scripts/golden-plugins.sh`, and are kept.
enum GoldenPlugin: String, CaseIterable, Sendable {
  /// A pruner and a loss in C.
  case c
  /// A quantizer in C++.
  case cxx
  /// A pruner in Swift, over PluginKit.
  case swift
  /// A search space in C, since 1.2.
  case space

  static let folder = Workshop.fixtures + "/golden"

  /// The versions of which there are libraries.
  static let versions: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
    .filter { $0.hasPrefix("1.") }.sorted()

  /// The versions of which there is this library.
  var versions: [String] {
    Self.versions.filter {
      FileManager.default.fileExists(atPath: Self.folder + "/\($0)/\(rawValue).so.gz")
    }
  }

  /// Unpacks the library and its manifest into the workshop's `plugins`; the manifest's hash is that of the release.
  func unpack(_ version: String, into workshop: Workshop) throws {
    let packed = Self.folder + "/\(version)/\(rawValue).so.gz"
    let library = workshop.plugins + "/\(rawValue).so"
    try FileManager.default.copyItem(atPath: packed, toPath: library + ".gz")
    let result = try runProcess(["/usr/bin/gzip", "-d", library + ".gz"])
    try #require(result.status == 0, "\(result.output)")
    unsafe chmod(library, 0o755)
    try workshop.write(
      String(
        contentsOfFile: Self.folder + "/\(version)/\(rawValue).manifest.json",
        encoding: .utf8
      ),
      to: rawValue + ".manifest.json"
    )
  }
}

extension Trait where Self == ConditionTrait {
  /// The libraries are for x86-64 Linux.
  static var requiresGoldenMachine: Self {
    #if arch(x86_64)
    .enabled("there is no /usr/bin/gzip") { unsafe access("/usr/bin/gzip", X_OK) == 0 }
    #else
    .disabled("the golden plugins are built for x86-64")
    #endif
  }

  /// The library of the plugin in Swift shares this toolchain's standard library, whose ABI is not stable on Linux.
  static var requiresGoldenSwift: Self {
    #if compiler(>=6.4)
    .disabled("the golden plugin in Swift shares the standard library of Swift 6.3")
    #else
    .enabled("") { true }
    #endif
  }
}
