import Evaluation
import Graphs
import Models
import Operators
import Tensors
import TestNetworks
import TestSupport
import Testing
import Training

/// image N×3×4×4 → Conv 1×1 (3→2) → Relu → Reshape → `map`; the Reshape may have a number of images built in.
enum ReshapedNetwork {
  static func graph(batch: Graphs.Dimension, shape: [Int], backTo: [Int]? = nil) -> Graph {
    var graph = Graph(
      name: "reshaped",
      nodes: [
        Node("Conv", name: "conv", inputs: ["image", "w", "b"], outputs: ["c"]),
        Node("Relu", name: "relu", inputs: ["c"], outputs: ["r"]),
        Node(
          "Reshape",
          name: "fold",
          inputs: ["r", "shape"],
          outputs: [backTo == nil ? "map" : "folded"]
        ),
      ],
      inputs: [
        ValueInfo(
          "image",
          .float32,
          Shape([batch, .known(3), .known(4), .known(4)])
        )
      ],
      outputs: [ValueInfo("map", .float32, nil)]
    )
    if let backTo {
      graph.nodes.append(
        Node("Reshape", name: "unfold", inputs: ["folded", "back"], outputs: ["map"])
      )
      graph.constants["back"] = Constant(backTo)
    }
    graph.model.opset = 17
    graph.model.irVersion = 8
    graph.constants["w"] = Constant([0.5, -0.2, 0.3, 0.4, 0.1, -0.6], shape: [2, 3, 1, 1])
    graph.constants["b"] = Constant([0.1, 0.2], shape: [2])
    graph.constants["shape"] = Constant(shape)
    return graph
  }

  static func model(
    batch: Graphs.Dimension,
    shape: [Int],
    backTo: [Int]? = nil
  ) throws -> Model {
    try Model("reshaped.onnx", graph(batch: batch, shape: shape, backTo: backTo))
  }
}

struct FixedBatchTests {
  @Test(
    arguments: [
      // The batch that is stated, the Reshape's shape, and what is fixed.
      (1, [1, 2, 16], 1), (2, [2, 2, 16], 2), (3, [3, 2, 16], 3),
      // Nothing fails with two images here, but they mix.
      (1, [1, 2, -1], 1), (0, [1, 2, -1], 1), (0, [2, 2, -1], 2), (0, [1, 2, 16], 1),
      (3, [3, 2, -1], 3),
      // A stated batch alone fixes nothing.
      (1, [-1, 2, 16], nil), (4, [0, 2, -1], nil), (0, [-1, 2, 4, 4], nil),
      // Rows of all images, one image after the other, such as boxes with the image's index.
      (0, [-1, 4], nil), (1, [-1, 4], nil),
    ] as [(Int, [Int], Int?)]
  )
  func `a batch is fixed where a node depends on it, not where the input states it`(
    stated: Int,
    shape: [Int],
    fixed: Int?
  ) throws {
    let batch: Graphs.Dimension = stated > 0 ? .known(stated) : .symbolic("n")
    let found = try ReshapedNetwork.model(batch: batch, shape: shape).fixedBatch()
    #expect(found?.count == fixed, "\(String(describing: found))")
    if fixed != nil { #expect(found?.place == "Reshape 'fold'") }
  }

  @Test
  func `images that mix inside are found though the outputs look right again`() throws {
    let mixed = try ReshapedNetwork.model(
      batch: .symbolic("n"),
      shape: [1, 2, -1],
      backTo: [-1, 2, 16]
    )
    #expect(mixed.fixedBatch()?.count == 1)
    let whole = try ReshapedNetwork.model(
      batch: .symbolic("n"),
      shape: [-1, 16],
      backTo: [-1, 2, 16]
    )
    #expect(whole.fixedBatch() == nil)
  }

  @Test(arguments: 1...5)
  func `passes of a fixed number fill up by repeating and drop what is too much`(
    images: Int
  ) throws {
    let values = (0..<images).map { Float($0) }
    var seen: [[Int]] = []
    let made = try BatchPasses(2).outputs(of: ["x": Tensor(values, shape: [images, 1])]) { given in
      let tensor = try #require(given["x"])
      seen.append(tensor.shape)
      return ["y": tensor]
    }
    #expect(try made["y"]?.floats() == values)
    #expect(seen == [[Int]](repeating: [2, 1], count: (images + 1) / 2))
  }

  @Test(arguments: [1, 2, 4])
  func `gradients of passes are those of the open graph's whole batch`(fixed: Int) throws {
    var settings = SmallProblem.settings(3)
    settings.ema = 0
    settings.channelsLast = false
    func trained(_ graph: Graph) throws -> Graph {
      let trainer = try Trainer(
        try Model("small", graph, sizes: InputSizes(image: [1, 3, 8, 8])),
        task: CornerTask(),
        settings: settings,
        steps: 3
      )
      for step in 0..<3 { _ = try trainer.train(on: DrawnBatches().batch(step)) }
      return try trainer.graph()
    }
    // Without the batch norm, whose statistics are each pass's own.
    var open = SmallProblem.graph()
    open.nodes.removeAll { $0.name == "norm" }
    open.nodes[1].inputs = ["c1"]
    for name in ["scale", "offset", "mean", "variance"] { open.constants[name] = nil }
    var closed = open
    closed.inputs[0].type.shape = Shape([fixed, 3, 8, 8])
    closed.outputs[0].type.shape = Shape([fixed, 1, 8, 8])
    closed.nodes[2].outputs = ["flat"]
    closed.nodes.append(Node("Reshape", name: "fold", inputs: ["flat", "shape"], outputs: ["map"]))
    closed.constants["shape"] = Constant([fixed, 1, 8, 8])
    let model = try Model("small", closed, sizes: InputSizes(image: [1, 3, 8, 8]))
    #expect(model.fixedBatch()?.count == fixed)
    let (a, b) = (try trained(open), try trained(closed))
    for name in ["w1", "w2", "b2"] {
      let (wanted, found) = (a.constants[name]?.floats ?? [], b.constants[name]?.floats ?? [])
      #expect(wanted.count == found.count && !wanted.isEmpty)
      #expect(Distance(of: wanted, from: found).worst <= 1e-6)
    }
  }

  @Test
  func `a batch that is no multiple is refused with file, node and cure`() throws {
    let model = try ReshapedNetwork.model(batch: .known(3), shape: [3, 2, 16])
    let folder = try ScratchFolder()
    let error = #expect(throws: TrainingError.self) {
      try TrainStep.run(
        model,
        settings: SmallProblem.settings(1),
        material: SmallProblem.material(),
        place: TrainingLoop.Place(folder: folder.path("run"), number: 1)
      )
    }
    let text = "\(try #require(error))"
    for part in ["reshaped.onnx", "3 images", "Reshape 'fold'", "batch: 3 or 6"] {
      #expect(text.contains(part), "\(text)")
    }
  }
}
