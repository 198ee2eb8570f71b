import Datasets
import Foundation
import TestSupport
import Testing

struct ImageFolderTests {
  @Test
  func `finds pictures in folders below, sorted, whatever the case of their endings`() throws {
    let folder = try ScratchFolder()
    for name in ["b.JPG", "a/c.png", "a.txt", ".hidden/d.jpg", "a/e.jpeg", "a/.f.png"] {
      let path = URL(filePath: folder.path(name))
      try FileManager.default.createDirectory(
        at: path.deletingLastPathComponent(),
        withIntermediateDirectories: true
      )
      try Data([1]).write(to: path)
    }
    let dataset = try ImageFolder.read(folder.path(""))
    #expect(dataset.entries.map(\.id) == ["a/c.png", "a/e.jpeg", "b.JPG"])
    #expect(dataset.entries.allSatisfy { $0.objects.isEmpty && $0.size == nil })
    #expect(dataset.entries[0].path.hasSuffix("/a/c.png"))
    #expect(dataset.summary == "3 images without labels")
    let labelled = Dataset(classes: ["face"], entries: dataset.entries)
    #expect(labelled.summary == "3 images with 0 boxes")
  }

  @Test
  func `a folder without pictures, or none, is an error`() throws {
    let folder = try ScratchFolder()
    #expect(throws: DataError.self) { try ImageFolder.read(folder.path("")) }
    #expect(throws: DataError.self) { try ImageFolder.read(folder.path("nowhere")) }
  }
}
