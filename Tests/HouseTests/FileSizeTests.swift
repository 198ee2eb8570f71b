import Testing

struct FileSizeTests {
  @Test func `no source file is longer than 500 lines`() throws {
    let files = ["Sources", "Plugins", "Tests"].flatMap {
      SourceTree.files(in: $0, endings: ["swift", "cpp", "c", "h"])
    }
    #expect(files.count > 50)
    for file in files {
      let lines = try SourceTree.text(file).split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.count <= 501, "\(file) has \(lines.count) lines")
    }
  }
}
