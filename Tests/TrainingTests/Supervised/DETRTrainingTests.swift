import Datasets
import Detection
import Evaluation
import Graphs
import Models
import Operators
import Tensors
import TestNetworks
import Testing
import Training

struct DETRTrainingTests {
  /// A head that finds nothing: what is trained does not ask it.
  private struct NoHead: Head {
    var classes: Int? { nil }

    func rows(_ outputs: HeadOutputs, _ input: PixelSize) throws -> [HeadRows] { [] }
  }

  /// 16 queries, one a cell of 8 x 8 pixels, with `box` and `class` as logits.
  private func network(classes: Int, _ outputs: [String]) throws -> Model {
    var net = SmallNetwork(seed: 5, input: [1, 3, 32, 32])
    net.constant("c.w", Constant(net.floats(8 * 192, scale: 0.1), shape: [8, 3, 8, 8]))
    net.add("Conv", "c", ["x", "c.w"], ["strides": .ints([8, 8])])
    net.add("Relu", "r", ["c"])
    net.constant("flat.shape", Constant([0, 8, -1]))
    net.add("Reshape", "flat", ["r", "flat.shape"])
    net.add("Transpose", "queries", ["flat"], ["perm": .ints([0, 2, 1])])
    for (part, count) in [("box", 4), ("class", classes)] {
      net.constant("\(part).w", Constant(net.floats(8 * count, scale: 0.3), shape: [8, count]))
      net.add("MatMul", part, ["queries", "\(part).w"])
    }
    net.add("Sigmoid", "boxes", ["box"])
    net.add("Sigmoid", "scores", ["class"])
    net.add("Concat", "joined", ["boxes", "scores"], ["axis": .int(2)])
    choose(&net)
    var graph = net.graph
    for place in graph.nodes.indices where graph.nodes[place].outputs == ["top"] {
      graph.nodes[place].outputs.append("top.places")
    }
    graph.outputs = outputs.map { ValueInfo($0, .float32, nil) }
    return try Model("small detr", graph, sizes: InputSizes(image: [1, 3, 32, 32]))
  }

  /// `ranked`: the five boxes with the best scores.
  private func choose(_ net: inout SmallNetwork) {
    net.constant("two", Constant([2]))
    net.constant("five", Constant([5]))
    net.add("ReduceMax", "best", ["scores", "two"], ["keepdims": .int(0)])
    net.add("TopK", "top", ["best", "five"])
    net.add("Unsqueeze", "top.column", ["top", "two"])
    net.add("Unsqueeze", "place.column", ["top.places", "two"])
    net.constant("place.shape", Constant([1, 5, 4]))
    net.add("Expand", "places", ["place.column", "place.shape"])
    net.add("GatherElements", "chosen", ["boxes", "places"], ["axis": .int(1)])
    net.add("Concat", "ranked", ["chosen", "top.column", "top.column"], ["axis": .int(2)])
  }

  private func task(_ model: Model, classes: Int = 2) throws -> DETRTask {
    DETRTask(
      DetectorTask("none", NoHead()),
      try DETROutputs(model.interface, classes: classes)
    )
  }

  @Test(arguments: [
    (["boxes", "class"], "boxes"), (["scores", "boxes"], "boxes"), (["joined"], "joined"),
    (["ranked"], "boxes"),
  ])
  func `logits and all queries are found before outputs of any layout`(
    outputs: [String],
    boxes: String
  ) throws {
    let model = try network(classes: 2, outputs)
    let taps = try task(model).taps(in: model.interior)
    #expect(taps.map(\.name) == [DETRTask.logitsName, DETRTask.boxesName])
    #expect(taps.map(\.value) == ["class", boxes])
  }

  @Test func `four classes are told from the four numbers of boxes, or refused`() throws {
    let joined = try network(classes: 4, ["joined"])
    #expect(try task(joined, classes: 4).taps(in: joined.interior).map(\.value)[0] == "class")
    let ranked = try network(classes: 4, ["ranked"])
    #expect(throws: DetectionError.self) {
      try task(ranked, classes: 4).taps(in: ranked.interior)
    }
  }

  @Test(arguments: [["boxes", "class"], ["joined"]])
  func `the loss goes down, and is the same for any layout`(outputs: [String]) throws {
    let model = try network(classes: 2, outputs)
    var settings = SmallProblem.settings(80)
    settings.optimiser = .adamw
    settings.learningRate = 0.01
    let trainer = try Trainer(model, task: task(model), settings: settings, steps: 80)
    let losses = try (0..<80).map { try trainer.train(on: SmallYOLO.Squares().batch($0)).loss }
    let other = try network(classes: 2, ["scores", "boxes"])
    let beside = try Trainer(other, task: task(other), settings: settings, steps: 80)
    let first = try beside.train(on: SmallYOLO.Squares().batch(0)).loss
    #expect(abs(losses[0] - first) < 1e-5 * first)
    let (early, late) = (losses[..<10].reduce(0, +), losses[70...].reduce(0, +))
    #expect(late < 0.9 * early, "\(early) to \(late)")
  }
}
