import Foundation
package import Graphs
package import Models
import Operators
package import PluginHost
import TestSupport
package import Training

/// A student and a teacher for ``SmallProblem``'s task, of unlike widths, and the built-in losses.
package enum DistillProblem {
  /// image N×3×8×8 → Conv 3×3 stride 2 (3→width) → Relu `middle` → Conv 1×1 (width→2, bias) → `map`, its weights drawn from a seed.
  package static func graph(width: Int, seed: UInt64, prefix: String = "") -> Graph {
    var graph = Graph(
      name: "two",
      nodes: [
        Node(
          "Conv",
          name: "first",
          inputs: ["image", "w1"],
          outputs: ["c1"],
          attributes: ["pads": .ints([1, 1, 1, 1]), "strides": .ints([2, 2])]
        ),
        Node("Relu", name: "relu", inputs: ["c1"], outputs: ["\(prefix)middle"]),
        Node(
          "Conv",
          name: "second",
          inputs: ["\(prefix)middle", "w2", "b2"],
          outputs: ["\(prefix)map"]
        ),
      ],
      inputs: [ValueInfo("image", .float32, [1, 3, 8, 8])],
      outputs: [ValueInfo("\(prefix)map", .float32, [1, 2, 4, 4])]
    )
    graph.model.opset = 17
    graph.model.irVersion = 8
    func drawn(_ name: String, _ shape: [Int]) -> Constant {
      let even = RandomArray.draw(.float32, shape: shape, seed: seed, name: name)
      return Constant((even?.floats ?? []).map { $0 - 0.5 }, shape: shape)
    }
    graph.constants["w1"] = drawn("w1", [width, 3, 3, 3])
    graph.constants["w2"] = drawn("w2", [2, width, 1, 1])
    graph.constants["b2"] = drawn("b2", [2])
    return graph
  }

  package static func model(width: Int, seed: UInt64, prefix: String = "") throws -> Model {
    try Model(
      "width \(width)",
      graph(width: width, seed: seed, prefix: prefix),
      sizes: InputSizes(image: [1, 3, 8, 8])
    )
  }

  /// The folder of the built plugins.
  package static var plugins: String {
    TestData.packageRoot.appendingPathComponent(".build/release").path
  }

  package static var areBuilt: Bool {
    FileManager.default.fileExists(atPath: "\(plugins)/EspalierDistill.manifest.json")
  }

  package static func registry() -> PluginRegistry {
    PluginRegistry(policy: PluginPolicy(folders: [.init(path: plugins, origin: .builtIn)]))
  }

  /// Settings of a loss, and of ten steps.
  package static func settings(_ losses: DistillSettings.Loss...) -> DistillSettings {
    var settings = DistillSettings()
    settings.losses = losses
    settings.train = SmallProblem.settings(10)
    settings.train.ema = 0
    return settings
  }

  package static func loss(
    _ strategy: String,
    weight: Double? = nil,
    taps: DistillSettings.Taps? = nil
  ) -> DistillSettings.Loss {
    var loss = DistillSettings.Loss(strategy)
    loss.weight = weight
    loss.taps = taps
    return loss
  }
}
