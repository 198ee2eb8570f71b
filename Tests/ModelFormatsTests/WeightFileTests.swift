import Foundation
import Graphs
import ModelFormats
import TestSupport
import Testing

/// Weights that numpy and hand-packed bytes make, in every layout.
@Suite(.enabled(if: Python.isPresent, "\(Python.reason)")) struct WeightFileTests {
  private struct Expected: Decodable {
    let type: String
    let shape: [Int]
    let bytes: [UInt8]
  }

  /// Written once for all tests.
  private static let written = Result {
    let folder = try ScratchFolder()
    let script = TestData.packageRoot.appendingPathComponent(
      "Tests/ModelFormatsTests/weights.py"
    )
    let text = try Python.run(String(contentsOf: script, encoding: .utf8), [folder.url.path])
    let expected = try JSONDecoder().decode([String: Expected].self, from: Data(text.utf8))
    return (folder: folder, expected: expected)
  }

  @Test(arguments: [
    ("all.safetensors", WeightTable.Format.safetensors), ("folder", .paddleFolder),
    ("combined", .paddleCombined), ("combined/__params__", .paddleCombined),
    ("named/net.pdiparams", .paddleCombined), ("protocol0.pdparams", .paddlePickle),
    ("protocol1.pdparams", .paddlePickle), ("protocol2.pdparams", .paddlePickle),
    ("protocol3.pdparams", .paddlePickle), ("protocol4.pdparams", .paddlePickle),
    ("protocol5.pdparams", .paddlePickle),
    ("fortran.pdparams", .paddlePickle), ("pieces.pdparams", .paddlePickle),
  ])
  func `every layout gives the same tensors`(name: String, format: WeightTable.Format) throws {
    let (folder, expected) = try Self.written.get()
    let table = try WeightFile.read(folder.path(name))
    #expect(table.format == format)
    #expect(Set(table.entries.map(\.name)) == Set(expected.keys))
    #expect(table.entries.count == expected.count)
    for entry in table.entries {
      let wanted = try #require(expected[entry.name])
      #expect("\(entry.value.type)" == wanted.type, "\(entry.name)")
      #expect(entry.value.shape == wanted.shape, "\(entry.name)")
      #expect(entry.value.bytes.elements(as: UInt8.self) == wanted.bytes, "\(entry.name)")
    }
  }

  @Test(arguments: [0, 2, 4])
  func `a pickle that calls something is refused by the name of it`(version: Int) throws {
    let (folder, _) = try Self.written.get()
    let error = #expect(throws: WeightError.self) {
      try WeightFile.read(folder.path("evil\(version).pdparams"))
    }
    guard case .damaged(_, _, .forbidden(let global)) = error else {
      Issue.record("another error than a forbidden call")
      return
    }
    #expect(global == "posix.system")
    #expect(!FileManager.default.fileExists(atPath: folder.path("called")))
  }

  @Test func `a program of another model is told by the tensor`() throws {
    let (folder, _) = try Self.written.get()
    let error = #expect(throws: WeightError.self) { try WeightFile.read(folder.path("wrong")) }
    guard case .damaged(_, _, .shapeMismatch(let tensor, let file, let program)) = error else {
      Issue.record("another error than a mismatch")
      return
    }
    #expect(tensor == "double" && file == [3, 2] && program == [3, 9])
  }

  @Test(arguments: [
    "all.safetensors", "named/net.pdiparams", "protocol2.pdparams", "protocol4.pdparams",
  ])
  func `a file cut off or damaged is an error and never a crash`(name: String) throws {
    let (folder, expected) = try Self.written.get()
    let whole = try Data(contentsOf: URL(fileURLWithPath: folder.path(name)))
    let own = try ScratchFolder()
    let ending = URL(fileURLWithPath: name).lastPathComponent
    if name.hasPrefix("named") {
      try FileManager.default.copyItem(
        atPath: folder.path("named/net.pdmodel"),
        toPath: own.path("net.pdmodel")
      )
    }
    var random = SeededNumbers(9)
    for round in 0..<300 {
      var bytes = whole
      if round < 150 {
        bytes = bytes.prefix(Int.random(in: 0..<whole.count, using: &random))
      } else {
        for _ in 0..<3 {
          bytes[Int.random(in: 0..<min(whole.count, 2000), using: &random)] = .random(
            in: 0...255,
            using: &random
          )
        }
      }
      try bytes.write(to: URL(fileURLWithPath: own.path(ending)))
      let table = try? WeightFile.read(own.path(ending))
      if round < 150, let table { #expect(table.entries.count < expected.count, "round \(round)") }
    }
  }
}

/// Bytes written by hand.
struct WeightBytesTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func file(_ bytes: [UInt8], _ name: String = "fc_0.b_0") throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: folder.path(name)))
    return folder.path(name)
  }

  /// Four floats as Paddle 1.7 wrote them.
  private static let lodTensor: [UInt8] =
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0x08, 5, 0x10, 4]
    + [0, 0, 0x80, 0x3F, 0, 0, 0, 0x40, 0, 0, 0x40, 0x40, 0, 0, 0x80, 0x40]

  @Test func `a LoDTensor of four floats reads`() throws {
    let path = try file(Self.lodTensor)
    #expect(Self.lodTensor.count == 40)
    let table = try WeightFile.read(path)
    #expect(table.entries == [.init(name: "fc_0.b_0", value: Constant([1, 2, 3, 4], shape: [4]))])
    #expect(try WeightFile.read(folder.url.path).entries == table.entries)
  }

  @Test func `a LoDTensor with bytes behind it is not one`() throws {
    let path = try file(Self.lodTensor + [0])
    let error = #expect(throws: WeightError.self) { try WeightFile.read(folder.url.path) }
    #expect("\(error, default: "")".contains("1 bytes follow"))
    let alone = #expect(throws: WeightError.self) { try WeightFile.read(path) }
    #expect("\(alone, default: "")".contains("__model__"))
  }

  private func safetensors(_ header: String, data: Int) -> [UInt8] {
    let text = Array(header.utf8)
    var size = UInt64(text.count)
    let prefix = (0..<8).map { _ in
      defer { size >>= 8 }
      return UInt8(truncatingIfNeeded: size)
    }
    return prefix + text + [UInt8](repeating: 1, count: data)
  }

  @Test(arguments: [
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,9]}}"#, "needs 8 bytes and has 9"),
    (#"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}"#, "outside of the file"),
    (
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}"#,
      "over another tensor"
    ),
    (
      #"{"a":{"dtype":"F32","shape":[4611686018427387904,8],"data_offsets":[0,8]}}"#,
      "more than memory"
    ),
    (#"{"a":{"dtype":"F33","shape":[2],"data_offsets":[0,8]}}"#, "F33"),
    (#"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, "needs 'dtype'"),
    (
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
      "twice"
    ),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}"#, "not JSON"),
    (#"{"a":[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]}"#, "too deep"),
  ])
  func `a safetensors header that lies is refused`(header: String, words: String) throws {
    let path = try file(safetensors(header, data: 12), "a.safetensors")
    let error = #expect(throws: WeightError.self) { try WeightFile.read(path) }
    #expect("\(error, default: "")".contains(words))
  }

  @Test func `bfloat16 tensors keep their bits`() throws {
    let header = #"{"w":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}"#
    let path = try file(safetensors(header, data: 4), "w.safetensors")
    let entry = try #require(try WeightFile.read(path).entries.first)
    #expect(entry.value.type == .bfloat16)
    #expect(entry.value.bytes.elements(as: UInt8.self) == [1, 1, 1, 1])
  }
}
