import Graphs
import Models
import Operators
import PluginKit
import Testing
import Training

struct TapPairingTests {
  /// image → Conv stride 2 (`s2`) → Conv stride 2 (`s4`) ; a head Conv on each, the outputs in the order given.
  private func model(
    _ prefix: String,
    width: Int = 4,
    order: [Int] = [0, 1],
    outputs: Int = 3
  ) throws -> Model {
    func conv(_ input: String, _ output: String, _ weight: String, _ stride: Int) -> Node {
      Node(
        "Conv",
        name: output,
        inputs: [input, weight],
        outputs: [output],
        attributes: ["strides": .ints([stride, stride])]
      )
    }
    let names = ["\(prefix)a", "\(prefix)b"]
    let shapes = [[1, outputs, 8, 8], [1, outputs, 4, 4]]
    var graph = Graph(
      name: "pyramid",
      nodes: [
        conv("image", "\(prefix)s2", "w1", 2),
        Node("Relu", name: "\(prefix)first", inputs: ["\(prefix)s2"], outputs: ["\(prefix)r2"]),
        conv("\(prefix)r2", "\(prefix)s4", "w2", 2),
        Node("Relu", inputs: ["\(prefix)s4"], outputs: ["\(prefix)r4"]),
        conv("\(prefix)r2", "\(prefix)h2", "w3", 1), conv("\(prefix)r4", "\(prefix)h4", "w3", 1),
        // What follows a last convolution is passed over on the way back.
        Node("Sigmoid", inputs: ["\(prefix)h2"], outputs: [names[0]]),
        Node("Sigmoid", inputs: ["\(prefix)h4"], outputs: [names[1]]),
      ],
      inputs: [ValueInfo("image", .float32, [1, 3, 16, 16])],
      outputs: order.map { ValueInfo(names[$0], .float32, Shape(shapes[$0])) }
    )
    graph.model.opset = 17
    graph.model.irVersion = 8
    func ones(_ shape: [Int]) -> Constant {
      Constant([Float](repeating: 1, count: shape.reduce(1, *)), shape: shape)
    }
    graph.constants["w1"] = ones([width, 3, 1, 1])
    graph.constants["w2"] = ones([width, width, 1, 1])
    graph.constants["w3"] = ones([outputs, width, 1, 1])
    return try Model(prefix, graph, sizes: InputSizes(image: [1, 3, 16, 16]))
  }

  private func pairs(
    _ student: Model,
    _ teacher: Model,
    _ tap: DistillTap,
    adapts: Bool = true
  ) throws -> [[String]] {
    try TapPairing(student: student, teacher: teacher, adapts: adapts)
      .pairs(of: [tap], loss: "l").map { [$0.student, $0.teacher] }
  }

  @Test
  func `outputs meet by name, else by stride`() throws {
    let student = try model("s/")
    #expect(
      try pairs(student, try model("s/", order: [1, 0]), .outputs) == [
        ["s/a", "s/a"], ["s/b", "s/b"],
      ]
    )
    #expect(
      try pairs(student, try model("t/", order: [1, 0]), .outputs) == [
        ["s/a", "t/a"], ["s/b", "t/b"],
      ]
    )
  }

  @Test
  func `features are what the last convolutions read, and meet by stride`() throws {
    let (student, teacher) = (try model("s/"), try model("t/", width: 6, order: [1, 0]))
    let found = try TapPairing(student: student, teacher: teacher, adapts: true)
      .pairs(of: [.features], loss: "l")
    #expect(found.map(\.student) == ["s/r2", "s/r4"])
    #expect(found.map(\.teacher) == ["t/r2", "t/r4"])
    #expect(found.map(\.stride) == [2, 4])
    #expect(
      found.map(\.channels) == [.init(student: 4, teacher: 6), .init(student: 4, teacher: 6)]
    )
  }

  @Test
  func `names are looked up on both sides, and the nearest is named`() throws {
    let (student, teacher) = (try model("s/"), try model("t/"))
    #expect(
      try pairs(student, teacher, .named(student: "s/s2", teacher: "t/r2")) == [["s/s2", "t/r2"]]
    )
    // A node stands for what it makes.
    #expect(
      try pairs(student, teacher, .named(student: "s/first", teacher: "t/first"))
        == [["s/r2", "t/r2"]]
    )
    let error = #expect(throws: DistillError.self) {
      try pairs(student, teacher, .named(student: "s/s2", teacher: "t/r3"))
    }
    #expect(error == .unknownValue("t/r3", side: "teacher", model: "t/", nearest: "t/r2"))
  }

  @Test
  func `what cannot be compared is refused with both shapes`() throws {
    let student = try model("s/")
    for (teacher, tap) in [
      (try model("t/", outputs: 4), DistillTap.outputs),
      (try model("t/"), DistillTap.named(student: "s/r2", teacher: "t/r4")),
    ] {
      let error = #expect(throws: DistillError.self) { try pairs(student, teacher, tap) }
      guard case .shapes("l", let own, let other, _)? = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      #expect(own.contains("8x8") && other.contains("x"))
    }
  }
}
