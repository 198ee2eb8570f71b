import Graphs
import ModelFormats
import Testing

struct AttributeTests {
  private func attributes(_ fields: [UInt8]...) throws -> Node {
    let encoded = fields.flatMap { Wire.data(5, $0) }
    return try #require(try Wire.read(Wire.node(encoded)).nodes.first)
  }

  private static let scalar = Wire.int(2, 1) + Wire.fixed32(4, 3)

  private static let kinds: [([UInt8], Int, Attribute)] = [
    (Wire.fixed32(2, 0.5), 1, .float(0.5)),
    (Wire.int(3, -7), 2, .int(-7)),
    (Wire.text(4, "text"), 3, .text("text")),
    (Wire.data(5, scalar), 4, .tensor(Constant([3], shape: []))),
    (Wire.data(6, Wire.text(2, "g")), 5, .graph(Graph(name: "g"))),
    (Wire.fixed32(7, 1) + Wire.fixed32(7, 2), 6, .floats([1, 2])),
    (Wire.int(8, 1) + Wire.data(8, [2, 3]), 7, .ints([1, 2, 3])),
    (Wire.text(9, "a") + Wire.text(9, ""), 8, .strings([[97], []])),
    (Wire.data(10, scalar), 9, .tensors([Constant([3], shape: [])])),
    (Wire.data(11, Wire.text(2, "g")), 10, .graphs([Graph(name: "g")])),
  ]

  @Test(arguments: kinds.indices)
  func `every kind is read, with its type stated or inferred`(index: Int) throws {
    let (field, type, expected) = Self.kinds[index]
    let stated = try attributes(Wire.text(1, "a") + field + Wire.int(20, type))
    #expect(stated.attributes == ["a": expected])
    let inferred = try attributes(field + Wire.text(1, "a"))
    #expect(inferred.attributes == ["a": expected])
    let graph = Graph(nodes: [stated])
    #expect(try ONNX.graph(from: ONNX.encode(graph)).nodes == graph.nodes)
  }

  @Test func `an empty list keeps its kind, and a number left out is 0`() throws {
    let node = try attributes(
      Wire.text(1, "ints") + Wire.int(20, 7),
      Wire.text(1, "floats") + Wire.int(20, 6),
      Wire.text(1, "int") + Wire.int(20, 2)
    )
    #expect(node.attributes == ["ints": .ints([]), "floats": .floats([]), "int": .int(0)])
  }

  @Test func `a reference names the attribute of the caller`() throws {
    let node = try attributes(Wire.text(1, "a") + Wire.int(20, 1) + Wire.text(21, "alpha"))
    #expect(node.attributes == ["a": .reference(name: "alpha", kind: 1)])
    #expect(try ONNX.graph(from: ONNX.encode(Graph(nodes: [node]))).nodes == [node])
  }

  @Test func `kinds that are not known are kept whole`() throws {
    let sparse = Wire.text(1, "s") + Wire.data(22, Wire.int(3, 4)) + Wire.int(20, 11)
    let future = Wire.text(1, "f") + Wire.data(99, [1, 2]) + Wire.int(20, 77)
    let missing = Wire.text(1, "t") + Wire.int(20, 4)
    let node = try attributes(sparse, future, missing)
    #expect(node.attributes == ["s": .other(sparse), "f": .other(future), "t": .other(missing)])
    var graph = Graph(nodes: [node])
    #expect(try ONNX.graph(from: ONNX.encode(graph)).nodes == [node])
    graph.nodes[0].attributes = ["renamed": .other(sparse)]
    #expect(try ONNX.graph(from: ONNX.encode(graph)).nodes[0].attributes.names == ["renamed"])
  }

  @Test func `documentation, stray values and unknown fields are kept`() throws {
    let extra = Wire.text(13, "text") + Wire.fixed32(2, 1) + Wire.int(40, 5)
    let node = try attributes(Wire.text(1, "a") + Wire.int(3, 1) + extra + Wire.int(20, 2))
    #expect(node.int("a") == 1)
    #expect(node.unknownAttributeFields == ["a": extra])
    #expect(try ONNX.graph(from: ONNX.encode(Graph(nodes: [node]))).nodes == [node])
  }

  @Test func `a tensor keeps its name`() throws {
    let named = Wire.data(5, Self.scalar + Wire.text(8, "value") + Wire.text(12, "text"))
    let node = try attributes(Wire.text(1, "t") + named + Wire.int(20, 4))
    #expect(
      node.tensor("t")?.unknownFields == Wire.text(8, "value") + Wire.text(12, "text")
    )
    #expect(try ONNX.graph(from: ONNX.encode(Graph(nodes: [node]))).nodes == [node])
  }
}
