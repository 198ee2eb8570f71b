import Foundation
import Testing

struct LayoutTests {
  @Test
  func `the root holds what the plan of the house names`() throws {
    let known: Set<String> = [
      "Sources", "Plugins", "Examples", "SDK", "Tests", "docs", "scripts", "Package.swift",
      "README.md",
      "Makefile", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE",
      // What programs leave behind; git ignores it.
      "out", "runs",
    ]
    let names = try FileManager.default.contentsOfDirectory(atPath: SourceTree.root.path)
    #expect(Set(names.filter { !$0.hasPrefix(".") }).subtracting(known) == [])
    for name in ["README.md", "Makefile", "CONTRIBUTING.md", "CHANGELOG.md", ".ci/run", "docs"] {
      let path = SourceTree.root.appending(path: name).path
      #expect(FileManager.default.fileExists(atPath: path), "\(name) is missing")
    }
  }

  @Test
  func `no text names a path of one machine`() throws {
    let own = ["/wor" + "k/", "/ro" + "ot/"]
    let endings: Set<String> = ["swift", "h", "c", "cpp", "md", "sh", "py", "yml", "json"]
    for folder in ["Sources", "Plugins", "Tests", "Examples", "SDK", "docs", "scripts"] {
      for file in SourceTree.files(in: folder, endings: endings) {
        let text = try SourceTree.text(file)
        for path in own { #expect(!text.contains(path), "\(file) contains \(path)") }
      }
    }
  }

  @Test
  func `every Swift file of a test target tests something, or serves tests that do`() throws {
    for file in SourceTree.files(in: "Tests", endings: ["swift"]) {
      #expect(try SourceTree.text(file).count > 40, "\(file) is a placeholder")
    }
  }
}
