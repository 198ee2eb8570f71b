import Foundation
import TestSupport
import Testing

/// Plugins in C, built for a test.
enum CPlugin {
  static let hasCompiler = FileManager.default.isExecutableFile(atPath: "/usr/bin/cc")

  /// Compiles the fixture plugin with something changed before it is included, and describes it.
  ///
  /// - Returns: the manifest.
  @discardableResult
  static func build(
    _ change: String,
    id: String = "org.example.plugin",
    strategy: String = "org.example.strategy",
    interface: String = "esp.pruner/1",
    into folder: ScratchFolder,
    _ place: String = "plugin"
  ) throws -> String {
    let root = TestData.packageRoot
    let target = folder.path(place)
    try FileManager.default.createDirectory(
      atPath: target,
      withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o755]
    )
    let source = try folder.write(
      """
      #define ID "\(id)"
      #define STRATEGY "\(strategy)"
      #include "espalier_plugin.h"
      #include <stdio.h>
      #include <unistd.h>
      \(change)
      #include "plugin.h"
      """,
      to: "source.c"
    )
    let library = "\(target)/plugin.so"
    let built = try Subprocess.run(
      "/usr/bin/cc",
      [
        "-shared", "-fPIC", "-O1", "-w", "-I", root.path + "/Sources/CEspalier/include", "-I",
        root.path + "/Tests/PluginHostTests/Fixtures", source, "-o", library,
      ]
    )
    try #require(built.status == 0, "\(built.errors)")
    let hash = try Subprocess.run("/usr/bin/sha256sum", [library]).text.prefix(64)
    let manifest = "\(target)/manifest.json"
    try Data(
      """
      {"manifest": 1, "id": "\(id)", "version": "1.0.0", "library": "plugin.so", "sha256": "\(hash)", "abi": "esp/1",
       "strategies": [{"id": "\(strategy)", "interface": "\(interface)"}]}
      """.utf8
    ).write(to: URL(filePath: manifest))
    for file in [library, manifest] {
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
    }
    return manifest
  }
}
