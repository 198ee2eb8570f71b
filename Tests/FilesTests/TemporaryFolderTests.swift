import Files
import Testing

struct TemporaryFolderTests {
  @Test func `a folder and its files are gone with the value`() throws {
    func used() throws -> String {
      let folder = try TemporaryFolder()
      try File.write(Array("text".utf8), to: "\(folder.path)/file")
      #expect(Folder.exists(folder.path))
      return folder.path
    }
    #expect(try !File.exists(used()))
  }

  @Test func `two have names of their own`() throws {
    let first = try TemporaryFolder()
    let second = try TemporaryFolder()
    #expect(first.path != second.path)
  }
}
