package import Datasets
package import Detection
import Evaluation
package import Graphs
package import Models
import Operators
import PluginKit

/// A detector of two maps with the head of YOLOv8, decoded: image N×3×32×32, 16 + 4 cells, 4 bins a side, 2 classes.
package enum SmallYOLO {
  /// How the distribution over distances is laid out where its softmax is.
  package enum Layout: String, CaseIterable, Sendable {
    /// N×bins×4×cells, as Ultralytics exports it.
    case binsFirst
    /// N×4×bins×cells.
    case binsBetween
    /// N×cells×4×bins.
    case binsLast
    /// No distribution: distances as they are (reg_max 1).
    case none
  }

  package static func graph(_ layout: Layout = .binsFirst) -> Graph {
    var network = SmallNetwork(seed: 3, input: [1, 3, 32, 32])
    convolve(&network, "c8", "x", from: 3, to: 8, side: 8)
    network.add("Relu", "r8", ["c8"])
    convolve(&network, "c16", "r8", from: 8, to: 8, side: 2)
    network.add("Relu", "r16", ["c16"])
    let sides = layout == .none ? 4 : 16
    for map in ["8", "16"] {
      for (part, channels) in [("box", sides), ("class", 2)] {
        convolve(&network, "\(part)\(map)", "r\(map)", from: 8, to: channels, side: 1)
        network.constant("\(part).shape", ints([0, channels, -1]))
        network.add("Reshape", "\(part)\(map).flat", ["\(part)\(map)", "\(part).shape"])
      }
    }
    network.add("Concat", "box", ["box8.flat", "box16.flat"], ["axis": .int(2)])
    network.add("Concat", "class", ["class8.flat", "class16.flat"], ["axis": .int(-1)])
    decode(&network, layout)
    network.add("Sigmoid", "scores", ["class"])
    network.add("Concat", "output0", ["boxes", "scores"], ["axis": .int(1)])
    var graph = network.graph
    graph.outputs = [ValueInfo("output0", .float32, [1, 6, 20])]
    graph.model = ModelInfo(opsets: ["": 17], irVersion: 8)
    return graph
  }

  package static func model(_ layout: Layout = .binsFirst) throws -> Model {
    try Model("small yolo", graph(layout), sizes: InputSizes(image: [1, 3, 32, 32]))
  }

  package static func task(for model: Model) throws -> any DetectionTask {
    try TaskKind.yolov8.task(
      Settings(),
      TaskSubject(classNames: ["dark", "light"], network: model.interface)
    )
  }

  /// Pictures with one square each, dark or light, drawn from the step's number.
  package struct Squares: BatchSource {
    package init() {}

    package var batchesPerEpoch: Int { 5 }

    package func batch(_ step: Int) throws -> ImageBatch {
      var random = SampleRandom(seed: 11, round: step, sample: 0, purpose: 0)
      var pixels: [Float] = []
      var targets: [[TargetBox]] = []
      for _ in 0..<4 {
        let side = 8 + random.index(below: 10)
        let kind = random.index(below: 2)
        let left = random.index(below: 32 - side)
        let top = random.index(below: 32 - side)
        for place in 0..<3 * 1024 {
          let row = place % 1024 / 32
          let column = place % 32
          let isInside =
            column >= left && column < left + side && row >= top && row < top + side
          pixels.append(isInside ? Float(2 * kind - 1) : 0)
        }
        let share = Float(side) / 32
        let box = TargetBox(
          centerX: Float(left) / 32 + share / 2,
          centerY: Float(top) / 32 + share / 2,
          width: share,
          height: share,
          category: kind
        )
        targets.append([box])
      }
      let size = PixelSize(width: 32, height: 32)
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

  private static func ints(_ values: [Int]) -> Constant {
    Constant(values)
  }

  private static func convolve(
    _ network: inout SmallNetwork,
    _ name: String,
    _ input: String,
    from: Int,
    to: Int,
    side: Int
  ) {
    network.constant(
      "\(name).w",
      Constant(
        network.floats(to * from * side * side, scale: side > 2 ? 0.1 : 0.3),
        shape: [to, from, side, side]
      )
    )
    network.constant("\(name).b", Constant(network.floats(to, scale: 0.1), shape: [to]))
    network.add(
      "Conv",
      name,
      [input, "\(name).w", "\(name).b"],
      ["strides": .ints([side, side])]
    )
  }

  /// Distances of distributions, and boxes of those.
  private static func decode(_ network: inout SmallNetwork, _ layout: Layout) {
    let bins = Constant([0, 1, 2, 3] as [Float], shape: [1, 4, 1, 1])
    network.constant("four.shape", ints([0, 4, 4, -1]))
    if layout != .none { network.add("Reshape", "sides", ["box", "four.shape"]) }
    switch layout {
    case .none: network.add("Relu", "distances", ["box"])
    case .binsFirst:
      network.add("Transpose", "turned", ["sides"], ["perm": .ints([0, 2, 1, 3])])
      network.add("Softmax", "shares", ["turned"], ["axis": .int(1)])
      network.constant("bins", bins)
      network.add("Conv", "expected", ["shares", "bins"])
      network.constant("distances.shape", ints([0, 4, -1]))
      network.add("Reshape", "distances", ["expected", "distances.shape"])
    case .binsBetween:
      network.add("Softmax", "shares", ["sides"], ["axis": .int(-2)])
      network.constant("bins", Constant([0, 1, 2, 3] as [Float], shape: [1, 1, 4, 1]))
      network.add("Mul", "weighed", ["shares", "bins"])
      network.constant("bins.axis", ints([2]))
      network.add("ReduceSum", "distances", ["weighed", "bins.axis"], ["keepdims": .int(0)])
    case .binsLast:
      network.add("Transpose", "turned", ["sides"], ["perm": .ints([0, 3, 1, 2])])
      network.add("Softmax", "shares", ["turned"])
      network.constant("bins", Constant([0, 1, 2, 3] as [Float], shape: [4]))
      network.add("MatMul", "expected", ["shares", "bins"])
      network.add("Transpose", "distances", ["expected"], ["perm": .ints([0, 2, 1])])
    }
    var points: [[Float]] = [[], []]
    var strides: [Float] = []
    for (side, stride) in [(4, Float(8)), (2, 16)] {
      for cell in 0..<side * side {
        points[0].append(Float(cell % side) + 0.5)
        points[1].append(Float(cell / side) + 0.5)
        strides.append(stride)
      }
    }
    network.constant("points", Constant(points.flatMap(\.self), shape: [1, 2, 20]))
    network.constant("strides", Constant(strides, shape: [1, 20]))
    for number in [0, 1, 2, 4] { network.constant("\(number)", ints([number])) }
    network.constant("half", Constant([0.5] as [Float], shape: [1]))
    network.add("Slice", "before", ["distances", "0", "2", "1"])
    network.add("Slice", "behind", ["distances", "2", "4", "1"])
    network.add("Sub", "low", ["points", "before"])
    network.add("Add", "high", ["points", "behind"])
    network.add("Add", "both", ["low", "high"])
    network.add("Mul", "center", ["both", "half"])
    network.add("Sub", "size", ["high", "low"])
    network.add("Concat", "inCells", ["center", "size"], ["axis": .int(1)])
    network.add("Mul", "boxes", ["inCells", "strides"])
  }
}
