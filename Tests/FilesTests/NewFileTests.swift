import Files
import Foundation
import Graphs
import TestSupport
import Testing

/// A file appears whole or not at all, whatever fails.
struct NewFileTests {
  private let folder: ScratchFolder
  private let path: String

  init() throws {
    folder = try ScratchFolder()
    path = try folder.write("old", to: "file")
  }

  private func names() throws -> [String] { try Folder.names(in: folder.url.path) }

  @Test func `a file has its name only when it is committed`() throws {
    let file = try NewFile(path)
    try file.write(Array("new".utf8))
    #expect(try File.text(of: path) == "old")
    #expect(try names().count == 2)
    try file.commit()
    #expect(try File.text(of: path) == "new")
    #expect(try names() == ["file"])
  }

  @Test func `a writer that fails in the middle leaves the old file and no other`() throws {
    struct Stop: Error {}
    #expect(throws: Stop.self) {
      let file = try NewFile(path)
      try file.write(Array("half of the n".utf8))
      throw Stop()
    }
    #expect(try File.text(of: path) == "old")
    #expect(try names() == ["file"])
  }

  @Test func `only leftovers are swept`() throws {
    for name in ["net.part-1.onnx", "part-7", ".part-", "x.part-12", ".part-zz"] {
      _ = try folder.write("", to: name)
    }
    NewFile.removeLeftovers(in: folder.url.path)
    #expect(try names() == [".part-", ".part-zz", "file", "net.part-1.onnx", "part-7"])
  }

  @Test func `what cannot be written is said with the path and the reason`() throws {
    let inside = "\(path)/inside"
    let error = #expect(throws: FileError.self) { try File.write([1], to: inside) }
    #expect("\(error, default: "")" == "cannot create '\(inside)': a part of the path is no folder")
    #expect(error?.isWriting == true)
    let missing = folder.path("none/file")
    #expect(throws: FileError(.create, missing, code: ENOENT)) { try File.write([1], to: missing) }
    #expect(try File.text(of: path) == "old")
  }

  @Test func `a folder of the name stays, and no trace is left`() throws {
    try Folder.make(folder.path("taken/inside"))
    #expect(throws: FileError(.rename, folder.path("taken"), code: EISDIR)) {
      try File.write([1], to: folder.path("taken"))
    }
    #expect(try names() == ["file", "taken"])
  }

  @Test func `a name as long as names can be is written`() throws {
    let name = String(repeating: "n", count: 255)
    try File.write([1, 2], to: folder.path(name))
    #expect(try File.contents(of: folder.path(name)) == [1, 2])
  }

  @Test func `a link is replaced, and what it led to stays`() throws {
    let link = folder.path("link")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "file")
    try File.write(Array("new".utf8), to: link)
    #expect(try File.text(of: path) == "old")
    #expect(try File.text(of: link) == "new")
  }

  @Test func `who may use the file is what was asked for`() throws {
    let file = try NewFile(path, mode: 0o500)
    try file.commit()
    var status = stat()
    #expect(unsafe stat(path, &status) == 0 && status.st_mode & 0o777 == 0o500)
  }

  @Test func `parts lie where they were put, with zeros between`() throws {
    let file = try NewFile(path)
    try file.write(Bytes([UInt8(1), 2]), at: 0)
    try file.write(Bytes([UInt8(3)]), at: 4)
    try file.commit()
    #expect(try File.contents(of: path) == [1, 2, 0, 0, 3])
  }
}
