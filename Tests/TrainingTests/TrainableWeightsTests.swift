import Graphs
import Models
import Operators
import TestNetworks
import Testing
import Training

struct TrainableWeightsTests {
  @Test
  func `YOLOv3's convolutions decay, its norms and prediction biases do not`() throws {
    let graph = try Zoo.graph("yolov3_mobilenet_v1", classes: 3, inputSize: nil, seed: 0)
    let weights = TrainableWeights(graph, operators: .standard)
    func names(_ role: ParameterRole) -> [String] {
      weights.weights.filter { $0.role == role }.map(\.name)
    }
    // 27 convolutions of the backbone, 6 of each of three blocks, 2 transitions, 3 predictions.
    #expect(names(.weight).count == 27 + 18 + 2 + 3)
    #expect(names(.weight).allSatisfy { $0.hasSuffix("weights") })
    #expect(Set(names(.bias)) == Set((0..<3).map { "yolo_output.\($0).conv.bias" }))
    #expect(names(.normScale).count == 47)
    #expect(names(.normOffset).count == 47)
    #expect(weights.statistics.count == 94)
    #expect(weights.weights.filter(\.decays).map(\.name) == names(.weight))
    #expect(weights.weights.count + weights.statistics.count == 50 + 3 + 94 + 94)
  }

  @Test
  func `constants that are no weights stay out, and those read in two roles`() throws {
    var graph = SmallProblem.graph()
    graph.nodes.insert(
      Node("Div", name: "scaled", inputs: ["image", "divisor"], outputs: ["small"]),
      at: 0
    )
    graph.constants["divisor"] = Constant([255], shape: [1])
    graph.nodes[1].inputs[0] = "small"
    graph.nodes.append(Node("Mul", name: "again", inputs: ["map", "b2"], outputs: ["end"]))
    let names = TrainableWeights(graph, operators: .standard).weights.map(\.name)
    #expect(names == ["w1", "scale", "offset", "w2"])
  }
}

struct LearningRateTests {
  private func settings(_ schedule: TrainSettings.Schedule) -> TrainSettings {
    var settings = TrainSettings()
    settings.learningRate = 0.8
    settings.warmup = 4
    settings.schedule = schedule
    settings.milestones = [6, 8]
    settings.decay = 0.5
    return settings
  }

  @Test(arguments: [
    (0, 0.0), (1, 0.2), (3, 0.6), (4, 0.8), (5, 0.8), (6, 0.4), (7, 0.4), (8, 0.2), (100, 0.2),
  ])
  func `warms up, then steps down`(step: Int, rate: Double) {
    #expect(abs(LearningRate(settings(.steps), steps: 12)[step] - rate) < 1e-12)
  }

  @Test(arguments: [(3, 0.6), (4, 0.8), (8, 0.4), (12, 0.0)])
  func `a cosine ends at 0`(step: Int, rate: Double) {
    #expect(abs(LearningRate(settings(.cosine), steps: 12)[step] - rate) < 1e-12)
  }
}
