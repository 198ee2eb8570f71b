import Foundation
import TestSupport
import Testing

/// The program's outputs where the system ends a write in the middle.
struct WholeOutputTests {
  /// Writes a network over a file, where no file may grow beyond a megabyte: the system ends the process there, as it does
  /// unless told otherwise, or the write fails, as on a full disk.
  private func write(_ name: String, in folder: ScratchFolder, isKilled: Bool) throws -> Subprocess
  {
    let script = """
      ulimit -f 1024
      exec env "$1" "$0" zoo --write yolov3_mobilenet_v1 -o "$2"
      """
    return try Subprocess.run(
      "/bin/bash",
      [
        "-c", script, BuiltProgram.path("espalier"),
        isKilled ? "--default-signal=XFSZ" : "--ignore-signal=XFSZ", folder.path(name),
      ]
    )
  }

  private func names(_ folder: ScratchFolder) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted()
  }

  @Test func `a write that the disk ends leaves the old file and no other`() throws {
    let folder = try ScratchFolder()
    let path = try folder.write("old", to: "m.onnx")
    let result = try write("m.onnx", in: folder, isKilled: false)
    #expect(result.status != 0 && result.status != -SIGXFSZ)
    #expect(result.errors.contains("cannot write '\(path)'"), "\(result.errors)")
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
    #expect(try names(folder) == ["m.onnx"])
  }

  @Test func `a process killed in the middle of a write leaves the old file`() throws {
    let folder = try ScratchFolder()
    let path = try folder.write("old", to: "m.onnx")
    #expect(try write("m.onnx", in: folder, isKilled: true).status == -SIGXFSZ)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
    let leftovers = try names(folder).filter { $0 != "m.onnx" }
    #expect(leftovers.count == 1 && leftovers[0].hasPrefix(".part-"), "\(leftovers)")
  }
}
