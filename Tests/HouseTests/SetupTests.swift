import Foundation
import Testing

/// What `scripts/setup.sh` says where it cannot go on.
struct SetupTests {
  /// Runs the script with programs of our own before those of the system.
  private func setUp(
    _ programs: [String: String],
    environment: [String: String] = [:]
  ) throws -> (status: Int32, words: String) {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, text) in programs {
      let file = folder.appending(path: name)
      try Data("#!/bin/bash\n\(text)\n".utf8).write(to: file)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    }
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = [SourceTree.root.appending(path: "scripts/setup.sh").path]
    process.environment = [
      "PATH": "\(folder.path):/usr/sbin:/usr/bin:/sbin:/bin", "HOME": folder.path,
      "XDG_CACHE_HOME": folder.path + "/cache", "ESPALIER_CUDA": "0",
    ].merging(environment) { $1 }
    let errors = Pipe()
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let data = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
  }

  private static let swift = "echo 'Swift version 6.3.1 (swift-6.3.1-RELEASE)'"
  private static let ldd = """
    case "$1" in */swift) echo '\tlibncurses.so.6 => not found'; echo '\tlibcurl.so.4 => not found' ;; esac
    """

  @Test func `libraries that Swift lacks are packages to install`() throws {
    let found = try setUp([
      "swift": Self.swift, "ldd": Self.ldd,
      "apt-get": "echo \"apt-get $*\"; echo 'E: no network' >&2; exit 100",
      "sudo": "[ \"$1\" = -n ] && shift; exec \"$@\"",
    ])
    #expect(found.status == 1)
    for words in ["libcurl4", "libncurses6", "E: no network", "By hand: sudo apt-get install"] {
      #expect(found.words.contains(words), "\(found.words)")
    }
  }

  @Test func `a Swift that does not start is named with its own words`() throws {
    let found = try setUp([
      "swift": "echo 'swift: error while loading shared libraries: libodd.so.1' >&2; exit 127",
      "ldd": "echo '\tlibodd.so.1 => not found'", "apt-get": "exit 0",
      "sudo": "[ \"$1\" = -n ] && shift; exec \"$@\"",
    ])
    #expect(found.status == 1)
    for words in ["does not start", "libodd.so.1", "https://www.swift.org/install"] {
      #expect(found.words.contains(words), "\(found.words)")
    }
  }

  @Test func `an old Swift is named with the one that is needed`() throws {
    let old = try setUp(["swift": "echo 'Swift version 5.10'", "ldd": "true", "apt-get": "exit 0"])
    #expect(old.status == 1 && old.words.contains("Swift 6.3 or newer is needed"), "\(old.words)")
  }

  @Test func `a command that fails where nobody expects it is named with its line`() throws {
    let found = try setUp(
      ["swift": Self.swift, "ldd": "true", "sed": "exit 5", "apt-get": "exit 0"],
      environment: ["ESPALIER_TORCH": "/nowhere"]
    )
    #expect(found.status != 0)
    #expect(found.words.contains("ended with 5, which was not expected"), "\(found.words)")
    #expect(found.words.contains("setup: line "), "\(found.words)")
  }

  @Test func `a cache that cannot be made is named with the variable to set`() throws {
    let found = try setUp(
      ["swift": Self.swift, "ldd": "true", "apt-get": "exit 0"],
      environment: ["XDG_CACHE_HOME": "/proc/nowhere"]
    )
    #expect(found.status == 1)
    #expect(found.words.contains("set XDG_CACHE_HOME"), "\(found.words)")
  }
}
