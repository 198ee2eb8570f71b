// Writes the corpus that fuzzing starts from: small models that have every kind of field that we write.
import Graphs
import ModelFormats

@main
enum Seeds {
  static func main() throws {
    let folder = CommandLine.arguments[1]
    let graphs = ["attributes": attributes, "branches": branches, "types": types, "chain": chain]
    for (name, graph) in graphs {
      try ONNX.write(graph, to: "\(folder)/\(name).onnx")
    }
    for type in ElementType.allCases where type != .string {
      let constant = Constant(
        type: type,
        shape: [8],
        bytes: Bytes([UInt8](repeating: 1, count: type.bitCount))
      )
      try ONNX.write(Graph(constants: ["w": constant]), to: "\(folder)/\(type).onnx")
    }
  }

  static let model = ModelInfo(
    opsets: ["": 17, "local": 1],
    irVersion: 8,
    producer: "seeds",
    metadata: ["key": "value"],
    functions: [
      Function(
        "f",
        domain: "local",
        inputs: ["a"],
        outputs: ["b"],
        attributes: ["alpha"],
        defaults: ["beta": .float(1)],
        nodes: [
          Node(
            "Elu",
            inputs: ["a"],
            outputs: ["b"],
            attributes: ["alpha": .reference(name: "alpha", kind: 1)]
          )
        ],
        opsets: ["": 17]
      )
    ]
  )

  static let attributes = Graph(
    name: "attributes",
    nodes: [
      Node(
        "Op",
        name: "node",
        domain: "local",
        inputs: ["x", "", "w"],
        outputs: ["y", ""],
        attributes: [
          "float": .float(0.5), "int": .int(-1), "string": .text("text"),
          "tensor": .tensor(Constant([1, 2])), "floats": .floats([1, .infinity]),
          "ints": .ints([1, -2]), "strings": .strings([[1], []]),
          "tensors": .tensors([Constant(scalar: 1)]), "graph": .graph(Graph(name: "g")),
          "graphs": .graphs([Graph(name: "g"), Graph(name: "h")]),
        ]
      )
    ],
    inputs: [ValueInfo("x", .float32, Shape([.known(1), .symbolic("n"), .unknown]))],
    outputs: [ValueInfo("y")],
    constants: ["w": Constant([1, 2, 3, 4], shape: [2, 2])],
    model: model
  )

  static let branches: Graph = {
    var graph = attributes
    for depth in 0..<5 {
      let node = Node("If", inputs: ["c"], outputs: [], attributes: ["then": .graph(graph)])
      graph = Graph(name: "depth \(depth)", nodes: [node])
    }
    graph.model = model
    return graph
  }()

  static let chain = Graph(
    nodes: (0..<5).map {
      Node("Relu", inputs: ["v\($0)"], outputs: ["v\($0 + 1)"], attributes: ["a": .ints([$0])])
    },
    inputs: [ValueInfo("v0")],
    outputs: [ValueInfo("v5")]
  )

  static let types = Graph(
    name: "types",
    inputs: [
      ValueInfo("x", .int64, []), ValueInfo("s", type: ValueType(element: nil, shape: nil)),
    ],
    constants: ["s": Constant(strings: [[65], [66]], shape: [2])],
    values: ["v": ValueInfo("v", .bool, [1, 2])],
    unknownFields: [0x52, 1, 65]
  )
}
