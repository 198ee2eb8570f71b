package import Datasets
package import Detection
import Evaluation
import Foundation
package import Graphs
package import Metrics
package import Models
import Operators
package import Tensors
package import Training

/// A network and a task small enough to train in milliseconds, which tells how bright a corner is.
package enum SmallProblem {
  /// image N×3×8×8 → Conv 3×3 (3→4) → BatchNormalization → LeakyRelu → Conv 1×1 (4→1, bias) → `map`.
  package static func graph() -> Graph {
    var graph = Graph(
      name: "small",
      nodes: [
        Node(
          "Conv",
          name: "first",
          inputs: ["image", "w1"],
          outputs: ["c1"],
          attributes: ["pads": .ints([1, 1, 1, 1])]
        ),
        Node(
          "BatchNormalization",
          name: "norm",
          inputs: ["c1", "scale", "offset", "mean", "variance"],
          outputs: ["n1"],
          attributes: ["momentum": .float(0.9), "epsilon": .float(1e-5)]
        ),
        Node(
          "LeakyRelu",
          name: "leaky",
          inputs: ["n1"],
          outputs: ["r1"],
          attributes: ["alpha": .float(0.1)]
        ),
        Node("Conv", name: "second", inputs: ["r1", "w2", "b2"], outputs: ["map"]),
      ],
      inputs: [ValueInfo("image", .float32, [1, 3, 8, 8])],
      outputs: [ValueInfo("map", .float32, [1, 1, 8, 8])]
    )
    graph.model.opset = 17
    graph.model.irVersion = 8
    graph.constants["w1"] = Constant(
      (0..<4 * 27).map { Float(($0 * 37) % 101 - 50) / 200 },
      shape: [4, 3, 3, 3]
    )
    graph.constants["scale"] = Constant([1, 1, 1, 1], shape: [4])
    graph.constants["offset"] = Constant([0, 0, 0, 0], shape: [4])
    graph.constants["mean"] = Constant([0, 0, 0, 0], shape: [4])
    graph.constants["variance"] = Constant([1, 1, 1, 1], shape: [4])
    graph.constants["w2"] = Constant([0.3, -0.2, 0.1, 0.4], shape: [1, 4, 1, 1])
    graph.constants["b2"] = Constant([0], shape: [1])
    return graph
  }

  package static func model() throws -> Model {
    try Model("small", graph(), sizes: InputSizes(image: [1, 3, 8, 8]))
  }

  package static func material(spoilAt spoiled: Int? = nil) -> TrainingMaterial {
    TrainingMaterial(
      task: CornerTask(),
      batches: DrawnBatches(spoiled: spoiled),
      dataHash: "drawn"
    )
  }

  package static func settings(_ iterations: Int) -> TrainSettings {
    var settings = TrainSettings()
    settings.length = .iterations(iterations)
    settings.batch = 4
    settings.learningRate = 0.05
    settings.checkpointEvery = 4
    settings.logEvery = 2
    settings.ema = 0.9
    return settings
  }
}

/// The loss is the mean squared distance of the map to the label's x.
package struct CornerTask: DetectionTask {
  package static var name: String { "corner" }

  package init() {}

  package func loss(_ outputs: [String: Tensor], _ targets: TaskTargets) throws -> TaskLoss {
    guard let map = outputs["map"] else { throw DetectionError.outputs(task: "corner", "no map") }
    let wanted = try Tensor(
      targets.boxes.map { $0[0].centerX },
      shape: [targets.boxes.count, 1, 1, 1]
    )
    let distance = try ATen.one("sub", "Tensor", map, wanted)
    let loss = try ATen.one("mean", "", ATen.one("mul", "Tensor", distance, distance))
    return TaskLoss(total: loss, terms: [("distance", loss)])
  }

  package func detections(
    _ outputs: [String: Tensor],
    _ images: TaskImages
  ) throws -> [[DetectedBox]] {
    images.indices.map { _ in [] }
  }
}

/// Pictures drawn from the step's number; the label is the mean of the first plane's first row.
package struct DrawnBatches: BatchSource {
  /// The step whose pixels are no numbers.
  package var spoiled: Int?

  package init(
    spoiled: Int? = nil
  ) {
    self.spoiled = spoiled
  }

  package var batchesPerEpoch: Int { 5 }

  package func batch(_ step: Int) throws -> ImageBatch {
    var state = UInt64(step) &* 0x9E37_79B9_7F4A_7C15 | 1
    func draw() -> Float {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Float(state >> 40) / Float(1 << 24)
    }
    var pixels: [Float] = []
    var targets: [[TargetBox]] = []
    for _ in 0..<4 {
      let image = (0..<3 * 64).map { _ in draw() }
      let mean = image[..<8].reduce(0, +) / 8
      targets.append([TargetBox(centerX: mean, centerY: 0, width: 1, height: 1, category: 0)])
      pixels += image
    }
    if step == spoiled { pixels[7] = .nan }
    let size = PixelSize(width: 8, height: 8)
    return ImageBatch(
      indices: Array(0..<4),
      paths: (0..<4).map { "drawn/\(step)-\($0).png" },
      originalSizes: [PixelSize](repeating: size, count: 4),
      size: size,
      pixels: pixels,
      targets: targets
    )
  }
}
