import Graphs
import Operators
import Tensors
import Testing

/// The fast path against plain execution; plain execution is tested against ONNX Runtime.
struct FastSessionTests {
  static let tails: [String] = [
    "none", "Relu", "LeakyRelu", "Clip", "HardSwish", "Sigmoid", "Tanh", "Swish", "AddRelu",
    "AddBroadcast", "AddSelf",
  ]

  /// A convolution, batch norm and what follows.
  private func graph(_ tail: String, group: Int = 1, pads: [Int] = [1, 1, 1, 1]) -> Graph {
    var draw = Draw(seed: 9)
    let nodes =
      [
        Node(
          "Conv",
          inputs: ["x", "w", "b"],
          outputs: ["c"],
          attributes: ["pads": .ints(pads), "group": .int(group), "strides": .ints([2, 1])]
        ),
        Node("BatchNormalization", inputs: ["c", "s", "o", "m", "v"], outputs: ["n"]),
        Node(
          "MaxPool",
          inputs: ["x"],
          outputs: ["p"],
          attributes: [
            "kernel_shape": .ints([1, 1]), "strides": .ints([2, 1]),
          ]
        ),
      ] + Self.nodes(of: tail)
    return Graph.of(
      nodes,
      input: [2, 8, 10, 12],
      constants: [
        "w": draw.constant([8, 8 / group, 3, 3]), "b": draw.constant([8]),
        "s": draw.positive([8]), "o": draw.constant([8]), "m": draw.constant([8]),
        "v": draw.positive([8]), "low": Constant([-0.5], shape: []),
        "high": Constant([1], shape: []), "row": draw.constant([1, 8, 1, 1]),
      ],
      outputs: ["y"]
    )
  }

  private static func nodes(of tail: String) -> [Node] {
    switch tail {
    case "none": [Node("Identity", inputs: ["n"], outputs: ["y"])]
    case "Clip": [Node("Clip", inputs: ["n", "low", "high"], outputs: ["y"])]
    case "Swish":
      [
        Node("Sigmoid", inputs: ["n"], outputs: ["g"]),
        Node("Mul", inputs: ["n", "g"], outputs: ["y"]),
      ]
    case "AddRelu":
      [
        Node("Add", inputs: ["p", "n"], outputs: ["a"]),
        Node("Relu", inputs: ["a"], outputs: ["y"]),
      ]
    case "AddBroadcast":
      [
        Node("Relu", inputs: ["row"], outputs: ["r"]),
        Node("Add", inputs: ["n", "r"], outputs: ["a"]),
        Node("LeakyRelu", inputs: ["a"], outputs: ["y"]),
      ]
    case "AddSelf": [Node("Add", inputs: ["n", "n"], outputs: ["y"])]
    default: [Node(tail, inputs: ["n"], outputs: ["y"])]
    }
  }

  private func compare(_ graph: Graph, taps: [String] = []) throws {
    var draw = Draw(seed: 2)
    let x = try draw.constant([2, 8, 10, 12]).tensor()
    let plain = try Session(graph).run(["x": x], taps: taps)
    let session = Session(graph, mode: .fast)
    let fast = try session.run(["x": x], taps: taps)
    #expect(Set(plain.keys) == Set(fast.keys))
    for (name, expected) in plain {
      #expect(try relativeDifference(#require(fast[name]), expected) < 1e-5, "\(name)")
    }
  }

  @Test(arguments: tails)
  func `fuses what follows a convolution`(_ tail: String) throws {
    try compare(graph(tail))
  }

  @Test(arguments: [(1, [0, 1, 1, 1]), (8, [1, 1, 1, 1]), (2, [0, 1, 0, 1])])
  func `takes groups and uneven pads`(group: Int, pads: [Int]) throws {
    try compare(graph("Relu", group: group, pads: [pads[0], 1, pads[2], pads[3]]))
  }

  @Test func `still makes the values inside that are tapped`() throws {
    try compare(graph("Relu"), taps: ["c", "n"])
    try compare(graph("AddRelu"), taps: ["a"])
  }

  @Test func `folds again when a constant or the size changes`() throws {
    let graph = graph("Relu")
    let session = Session(graph, mode: .fast)
    var draw = Draw(seed: 4)
    for size in [10, 6] {
      let x = try draw.constant([1, 8, size, 12]).tensor()
      for _ in 0..<2 {
        let scale = draw.positive([8])
        try session.set(constant: "s", to: scale)
        var edited = graph
        edited.constants["s"] = scale
        let expected = try #require(try Session(edited).run(["x": x])["y"])
        let found = try #require(try session.run(["x": x])["y"])
        #expect(try relativeDifference(found, expected) < 1e-5)
      }
    }
  }
}
