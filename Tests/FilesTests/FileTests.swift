import Files
import Foundation
import Graphs
import TestSupport
import Testing

struct FileTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  @Test(arguments: [0, 1, 4095, 4096, 4097, 70_000, 1 << 20])
  func `a file is read whole, in each way`(count: Int) throws {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    let path = folder.path("x")
    try File.write(bytes, to: path)
    #expect(try File.contents(of: path) == bytes)
    #expect(try File.bytes(of: path).elements(as: UInt8.self) == bytes)
    #expect(try File.mapped(path).elements(as: UInt8.self) == bytes)
  }

  @Test func `files that the system makes up have no size and are read all the same`() throws {
    let text = try String(contentsOfFile: "/proc/version", encoding: .utf8)
    #expect(try File.text(of: "/proc/version") == text)
    #expect(try File.bytes(of: "/proc/version").elements(as: UInt8.self) == Array(text.utf8))
  }

  @Test func `a pipe is read to its end, or refused without waiting`() throws {
    let pipe = folder.path("pipe")
    #expect(unsafe mkfifo(pipe, 0o600) == 0)
    let error = #expect(throws: FileError.self) {
      try File.contents(of: pipe, acceptsPipes: false)
    }
    #expect(
      "\(error, default: "")" == "cannot read '\(pipe)': it is a pipe or a device, not a file"
    )
    #expect(throws: FileError.self) { try File.mapped(pipe) }
    let writer = Process()
    writer.executableURL = URL(filePath: "/bin/sh")
    writer.arguments = ["-c", "head -c 200000 /dev/zero >\"$0\"", pipe]
    try writer.run()
    #expect(try File.contents(of: pipe).count == 200_000)
    writer.waitUntilExit()
  }

  @Test func `what is not there, and a folder, are told apart`() throws {
    let missing = folder.path("none")
    let error = #expect(throws: FileError.self) { try File.bytes(of: missing) }
    #expect(
      "\(error, default: "")" == "cannot read '\(missing)': there is no such file or folder"
    )
    #expect(error?.isMissing == true && error?.isFolder == false && error?.isWriting == false)
    let inner = #expect(throws: FileError.self) { try File.contents(of: folder.url.path) }
    #expect(inner?.isFolder == true && inner?.isMissing == false)
    #expect(!File.exists(missing) && File.exists(folder.url.path))
    #expect(!File.isRegular(folder.url.path) && Folder.exists(folder.url.path))
    try File.remove(missing)
    #expect(throws: FileError.self) { try File.remove(folder.url.path) }
  }

  @Test func `folders are made with those above them, and their names are sorted`() throws {
    let inner = folder.path("a/b/c")
    try Folder.make(inner)
    try Folder.make(inner + "/")
    for name in ["z", ".y", "x"] { try File.write([], to: "\(inner)/\(name)") }
    #expect(try Folder.names(in: inner) == [".y", "x", "z"])
    #expect(throws: FileError(.create, "\(inner)/x", code: EEXIST)) {
      try Folder.make("\(inner)/x")
    }
    #expect(throws: FileError.self) { try Folder.make("\(inner)/x/y") }
    #expect(throws: FileError.self) { try Folder.make("") }
    #expect(throws: FileError.self) { try Folder.names(in: "\(inner)/none") }
  }

  @Test(arguments: [
    ("m.onnx", ".", "m.onnx", "m"), ("/m", "/", "m", "m"), ("a/b.tar.gz", "a", "b.tar.gz", "b.tar"),
    ("./x", ".", "x", "x"), ("a/.hidden", "a", ".hidden", ".hidden"), ("a.b/c", "a.b", "c", "c"),
  ])
  func `a path has a folder, a name and a stem`(
    path: String,
    folder: String,
    name: String,
    stem: String
  ) {
    #expect(FilePath.folder(of: path) == folder)
    #expect(FilePath.name(of: path) == name)
    #expect(FilePath.stem(of: path) == stem)
  }

  @Test func `a path from the root stays, another begins at the working folder`() {
    #expect(FilePath.absolute("/a/../b") == "/a/../b")
    #expect(FilePath.absolute("b") == FileManager.default.currentDirectoryPath + "/b")
    #expect(FilePath.resolved("/proc/../proc") == "/proc")
    #expect(FilePath.resolved("/none/at/all") == nil)
  }
}
