import Graphs
import Operators
import Tensors
import TestSupport

/// Constants with values that a seed gives.
struct Draw {
  private var random: SeededNumbers

  init(seed: UInt64) { random = SeededNumbers(seed &* 2 &+ 1) }

  mutating func floats(_ count: Int, scale: Float = 1) -> [Float] {
    (0..<count).map { _ in
      (Float(random.next() >> 40) / Float(1 << 23) - 1) * scale
    }
  }

  mutating func constant(_ shape: [Int], scale: Float = 1) -> Constant {
    Constant(floats(shape.reduce(1, *), scale: scale), shape: shape)
  }

  /// Positive values around 1.
  mutating func positive(_ shape: [Int]) -> Constant {
    Constant(floats(shape.reduce(1, *)).map { 1 + $0 / 2 }, shape: shape)
  }
}

extension Graph {
  /// A graph of opset 22 with one float input `x`.
  static func of(
    _ nodes: [Node],
    input shape: [Int],
    constants: NamedTable<Constant> = [:],
    outputs: [String]
  ) -> Graph {
    Graph(
      nodes: nodes,
      inputs: [ValueInfo("x", .float32, Shape(shape))],
      outputs: outputs.map { ValueInfo($0) },
      constants: constants,
      model: ModelInfo(opsets: ["": 22], irVersion: 10)
    ).named()
  }

  /// A chain of 3×3 convolutions, one after another; the first is `c0` and reads `w0`.
  static func chain(depth: Int, channels: Int, size: Int) -> Graph {
    var draw = Draw(seed: 5)
    var constants: NamedTable<Constant> = [:]
    let nodes = (0..<depth).map { index in
      constants["w\(index)"] = draw.constant([channels, channels, 3, 3], scale: 0.3)
      return Node(
        "Conv",
        name: "conv\(index)",
        inputs: [index == 0 ? "x" : "c\(index - 1)", "w\(index)"],
        outputs: ["c\(index)"],
        attributes: ["pads": .ints([1, 1, 1, 1])]
      )
    }
    return of(
      nodes,
      input: [1, channels, size, size],
      constants: constants,
      outputs: ["c\(depth - 1)"]
    )
  }
}

/// The largest difference over the largest value of `right`.
func relativeDifference(_ left: Tensor, _ right: Tensor) throws -> Double {
  guard left.shape == right.shape else { return .infinity }
  let distance = Distance(of: try left.doubles(), from: try right.doubles())
  return distance.worst / max(distance.scale, 1e-30)
}
