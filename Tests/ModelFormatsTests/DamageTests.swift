import Foundation
import Graphs
import ModelFormats
import TestSupport
import Testing

struct DamageTests {
  private func damage(_ bytes: [UInt8]) -> ONNXError? {
    do throws(ONNXError) {
      _ = try Wire.read(bytes)
      return nil
    } catch { return error }
  }

  @Test(
    arguments: [
      ([], 0, .noGraph),
      (Wire.int(1, 8), 0, .noGraph),
      ([8], 1, .truncated(message: "ModelProto", needed: 1, left: 0)),
      ([8] + [UInt8](repeating: 0xFF, count: 10), 1, .endlessVarint),
      ([0x07], 0, .badTag(7)),
      ([0x00, 0x00], 0, .badTag(0)),
      ([0x0C], 0, .badTag(0x0C)),
      ([0x3A, 5, 1], 1, .truncated(message: "ModelProto", needed: 5, left: 1)),
      (
        [0x3A] + [UInt8](repeating: 0xFF, count: 9) + [1], 1,
        .truncated(message: "ModelProto", needed: UInt64.max, left: 0)
      ),
      ([0x0A, 0], 0, .wrongWireType(message: "ModelProto", field: 1, found: 2)),
      ([0x38, 0], 0, .wrongWireType(message: "ModelProto", field: 7, found: 0)),
      ([0x3A, 0, 0x3A, 0], 2, .repeatedMessage(message: "ModelProto", field: 7)),
      ([0x12, 2, 0xC3, 0x28], 2, .invalidUTF8(message: "ModelProto", field: 2)),
      ([0x7A], 1, .truncated(message: "ModelProto", needed: 1, left: 0)),
      ([0x7D, 0, 0], 1, .truncated(message: "ModelProto", needed: 4, left: 2)),
      ([0x7B, 0x74], 1, .badTag(0x74)),
      ([UInt8]("version https://git-lfs.github.com/spec/v1\n".utf8), 0, .gitLFSPointer),
      ([UInt8]("<!DOCTYPE html>".utf8), 0, .badTag(0x3C)),
    ] as [([UInt8], Int, ONNXError.Damage)]
  )
  func `broken bytes are told with their place`(
    bytes: [UInt8],
    offset: Int,
    expected: ONNXError.Damage
  ) {
    #expect(damage(bytes) == .damaged(path: nil, offset: offset, expected))
    #expect("\(expected)".count > 20)
  }

  private static let tensors: [([UInt8], ONNXError.Damage)] = [
    (Wire.int(1, -1) + Wire.int(2, 1), .negativeSize(tensor: "w", -1)),
    (
      Wire.int(1, Int.max) + Wire.int(1, 2) + Wire.int(2, 1),
      .oversized(tensor: "w", shape: [Int.max, 2])
    ),
    (Wire.int(1, Int.max) + Wire.int(2, 1), .oversized(tensor: "w", shape: [Int.max])),
    (Wire.int(1, 1) + Wire.int(2, 99), .unknownElementType(tensor: "w", 99)),
    (Wire.int(1, 1), .unknownElementType(tensor: "w", 0)),
    (
      Wire.int(1, 2) + Wire.int(2, 1) + Wire.data(9, [0]),
      .wrongSize(tensor: "w", type: .float32, shape: [2], expected: 8, found: 1)
    ),
    (
      Wire.int(1, 2) + Wire.int(2, 1) + Wire.fixed32(4, 1),
      .wrongSize(tensor: "w", type: .float32, shape: [2], expected: 8, found: 4)
    ),
    (
      Wire.int(1, 1) + Wire.int(2, 7) + Wire.data(7, [1, 2, 3]),
      .wrongSize(tensor: "w", type: .int64, shape: [1], expected: 8, found: 24)
    ),
    (
      Wire.int(1, 1 << 50) + Wire.int(2, 7) + Wire.data(7, [1, 2, 3]),
      .wrongSize(tensor: "w", type: .int64, shape: [1 << 50], expected: 1 << 53, found: 0)
    ),
    (
      Wire.int(1, 2) + Wire.int(2, 8) + Wire.text(6, "a"),
      .wrongSize(tensor: "w", type: .string, shape: [2], expected: 2, found: 1)
    ),
    (
      Wire.int(1, 1) + Wire.int(2, 1) + Wire.data(7, [1]),
      .misplacedValues(tensor: "w", type: .float32)
    ),
    (
      Wire.int(1, 1) + Wire.int(2, 1) + Wire.fixed32(4, 1) + Wire.data(9, [0, 0, 0, 0]),
      .misplacedValues(tensor: "w", type: .float32)
    ),
    (
      Wire.int(1, 1) + Wire.int(2, 8) + Wire.data(9, [0]),
      .misplacedValues(tensor: "w", type: .string)
    ),
    (
      Wire.int(1, 1) + Wire.int(2, 1) + Wire.data(4, [0, 0, 0]),
      .unevenList(message: "TensorProto", field: 4, length: 3)
    ),
  ]

  @Test(arguments: tensors.indices)
  func `tensors that are not what they say are refused`(index: Int) throws {
    let (fields, expected) = Self.tensors[index]
    let bytes = Wire.tensor(fields)
    guard case .damaged(nil, let offset, let found) = try #require(damage(bytes)) else {
      Issue.record("not refused as damaged")
      return
    }
    #expect(found == expected)
    #expect(offset > 4 && offset < bytes.count)
    #expect("\(found)".count > 20)
  }

  @Test func `names are there once`() {
    let attribute = Wire.data(5, Wire.text(1, "a") + Wire.int(3, 1) + Wire.int(20, 2))
    let twice = Wire.node(Wire.text(3, "n") + attribute + attribute)
    guard case .damaged(_, _, let found) = damage(twice) else {
      Issue.record("a second attribute was accepted")
      return
    }
    #expect(found == .duplicate(kind: "attribute", name: "a", inside: "Op 'n'"))
    let tensor = Wire.data(5, Wire.text(8, "w") + Wire.int(1, 0) + Wire.int(2, 1))
    #expect(damage(Wire.model(tensor + tensor)) != nil)
    #expect(damage(Wire.model([]) + Wire.data(8, Wire.int(2, 1))) != nil)
  }

  @Test func `graphs may be 64 deep`() throws {
    func nested(_ depth: Int) -> [UInt8] {
      (1..<depth).reduce([]) { inner, _ in
        Wire.data(1, Wire.data(5, Wire.text(1, "g") + Wire.data(6, inner) + Wire.int(20, 5)))
      }
    }
    let deepest = try Wire.read(Wire.model(nested(64)))
    #expect(try ONNX.graph(from: ONNX.encode(deepest)) == deepest)
    guard case .damaged(_, _, .tooDeep(limit: 64)) = damage(Wire.model(nested(65))) else {
      Issue.record("65 were accepted")
      return
    }
    #expect(damage(Wire.model(nested(3000))) != nil)
    var graph = Graph()
    for _ in 0..<64 {
      graph = Graph(nodes: [Node("If", inputs: [], outputs: [], attributes: ["g": .graph(graph)])])
    }
    #expect(throws: ONNXError.unwritable(.tooDeep(limit: 64))) { try ONNX.encode(graph) }
  }

  @Test func `groups may be 64 deep`() throws {
    func nested(_ depth: Int) -> [UInt8] {
      [UInt8](repeating: 0x7B, count: depth) + [UInt8](repeating: 0x7C, count: depth)
    }
    #expect(try Wire.read(Wire.model([]) + nested(64)).model.unknownFields == nested(64))
    guard case .damaged(_, _, .tooDeep(limit: 64)) = damage(nested(65)) else {
      Issue.record("65 were accepted")
      return
    }
  }

  @Test func `files name themselves in errors`() throws {
    let folder = try ScratchFolder()
    let path = folder.path("broken.onnx")
    try Data([8]).write(to: URL(fileURLWithPath: path))
    #expect(
      throws: ONNXError.damaged(
        path: path,
        offset: 1,
        .truncated(message: "ModelProto", needed: 1, left: 0)
      )
    ) { try ONNX.read(path) }
    #expect(throws: ONNXError.file(path: folder.url.path, .open, code: EISDIR)) {
      try ONNX.read(folder.url.path)
    }
    let missing = folder.path("missing.onnx")
    #expect(throws: ONNXError.file(path: missing, .open, code: ENOENT)) {
      try ONNX.read(missing)
    }
    #expect(
      ONNXError.file(path: "m", .open, code: ENOENT).description
        == "cannot open 'm': there is no such file or folder"
    )
    try Data().write(to: URL(fileURLWithPath: path))
    #expect(throws: ONNXError.damaged(path: path, offset: 0, .noGraph)) { try ONNX.read(path) }
  }
}
