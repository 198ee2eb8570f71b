import Graphs
import Models
import Operators
import PluginKit
import Quantization
import Tensors
import TestNetworks
import TestSupport
import Testing

struct WeightTuningTests {
  private func step(
    _ graph: Graph,
    _ plan: QuantizationPlan,
    target: QuantizationTarget = .openVINO,
    images: DrawnImages = SmallNetwork.images(8)
  ) throws -> QuantizeStep {
    var settings = QuantizeSettings(strategy: "plain")
    settings.target = target
    return try QuantizeStep.plain(
      Model("net", graph),
      settings,
      images: images,
      quantizer: PlainQuantizer(wishes: plan)
    )
  }

  /// One layer of weights 1 and 0.6 over two channels; the second has the values 50, 150, 0 and 255.
  private func oneLayer(hasBias: Bool) -> (graph: Graph, images: DrawnImages) {
    var net = SmallNetwork(input: [1, 2, 2, 2])
    net.constant("w", Constant([1, 0.6], shape: [1, 2, 1, 1]))
    net.constant("b", Constant([0.5], shape: [1]))
    net.add("Conv", "y", ["x", "w"] + (hasBias ? ["b"] : []))
    net.finish(["y"])
    let image = Constant([0, 1, 2, 3, 50, 150, 0, 255], shape: [1, 2, 2, 2])
    return (net.graph, DrawnImages(arrays: [image]))
  }

  @Test(arguments: [true, false])
  func `what rounding adds on average is taken from the bias`(hasBias: Bool) throws {
    let (graph, images) = oneLayer(hasBias: hasBias)
    let step = try step(graph, QuantizationPlan(correctsBiases: true), images: images)
    // Inputs are whole numbers from 0 to 255, so that only the weight is rounded: 0.6 · 127 = 76.2, to 76 / 127.
    let shift: Float = (76.0 / 127 - 0.6) * (50 + 150 + 0 + 255) / 4
    let node = try #require(step.after.graph.nodes.first { $0.op == "Conv" })
    let bias = try #require(node.input(2).flatMap { step.after.graph.constants[$0]?.floats })
    #expect(abs(bias[0] - ((hasBias ? 0.5 : 0) - shift)) < 1e-5)
    #expect(step.tuning.corrected == ["n.y"])
  }

  @Test func `a whole bias of coarse steps is not moved for its own rounding`() throws {
    // The first filter reads a channel of zeros with a weight of 10,000: steps of 10,000 / 127, and a bias of 45.
    var net = SmallNetwork(input: [1, 2, 2, 2])
    net.constant("w", Constant([10_000, 0, 0, 1], shape: [2, 2, 1, 1]))
    net.constant("b", Constant([45, 0], shape: [2]))
    net.add("Conv", "y", ["x", "w", "b"])
    net.convolve("last", "y", 2, 2)
    net.finish(["last"])
    let image = Constant([0, 0, 0, 0, 50, 150, 0, 255], shape: [1, 2, 2, 2])
    let step = try step(
      net.graph,
      QuantizationPlan(correctsBiases: true),
      target: .onnxRuntime,
      images: DrawnImages(arrays: [image])
    )
    // 45 lies at 0.57 steps: one step, as without the correction.
    #expect(step.after.graph.constants["b/quantized"]?.integers == [1, 0])
    #expect(step.scales.biases["n.y"]?.first == 45)
  }

  @Test(arguments: ["openvino", "onnxruntime"])
  func `layers in order keep their mean, behind those that were corrected before`(
    name: String
  ) throws {
    let target = try #require(QuantizationTarget.named(name))
    let images = SmallNetwork.images(8)
    func shifts(_ plan: QuantizationPlan) throws -> [String: Double] {
      let step = try step(SmallNetwork.detector, plan, target: target, images: images)
      var shifts: [String: Double] = [:]
      for layer in step.placement.layers {
        var sums = [Double](repeating: 0, count: layer.channels)
        for index in 0..<images.count {
          let image = try images.inputs(index)
          let (a, b) = (
            try Session(step.after.graph).run(image, taps: [layer.output])[layer.output],
            try Session(SmallNetwork.detector).run(image, taps: [layer.output])[layer.output]
          )
          let (made, wanted) = (try a?.doubles() ?? [], try b?.doubles() ?? [])
          for place in made.indices {
            sums[place / 64 % layer.channels] += made[place] - wanted[place]
          }
        }
        shifts[layer.name] = sums.map { abs($0) / Double(64 * images.count) }.max()
      }
      return shifts
    }
    let (plain, corrected) = (
      try shifts(QuantizationPlan()), try shifts(QuantizationPlan(correctsBiases: true))
    )
    for (layer, shift) in corrected {
      // Whole biases have steps of their own; values halfway between two steps may go either way.
      #expect(shift < 2e-4, "\(layer): \(shift), \(plain[layer] ?? 0) without")
    }
    #expect(plain.values.contains { $0 > 1e-3 })
  }

  @Test func `learned numbers are neighbours of the weights, and the outputs lose less`() throws {
    let images = SmallNetwork.images(8)
    let plain = try step(SmallNetwork.detector, QuantizationPlan(), images: images)
    let learned = try step(
      SmallNetwork.detector,
      QuantizationPlan(learnsRounding: true, roundingIterations: 400),
      images: images
    )
    #expect(learned.tuning.learned.map(\.layer) == learned.placement.layers.map(\.name))
    for layer in learned.tuning.learned { #expect(layer.learned <= layer.nearest) }
    for layer in learned.placement.layers {
      let weight = try #require(SmallNetwork.detector.constants[layer.weight]?.floats)
      let scales = try #require(learned.scales.weights[layer.name])
      let numbers = try #require(
        learned.after.graph.constants["\(layer.weight)/quantized"]?.integers
      )
      let inner = weight.count / layer.channels
      for (index, number) in numbers.enumerated() {
        let steps = weight[index] / scales[index / inner]
        #expect(Float(number) == steps.rounded(.down) || Float(number) == steps.rounded(.up))
      }
    }
    // The table counts what the learned numbers lose, which for the weights alone is more than the nearest do.
    let (before, after) = (plain.layers, learned.layers)
    #expect(before.map(\.weight.noise).reduce(0, +) < after.map(\.weight.noise).reduce(0, +))
    #expect(after.allSatisfy { $0.weight.noise > 0 })
  }

  @Test func `the same seed learns the same`() throws {
    let plan = QuantizationPlan(learnsRounding: true, tuningImages: 2, roundingIterations: 20)
    let steps = try (0..<2).map { _ in try step(SmallNetwork.detector, plan) }
    #expect(steps[0].after.graph.constants == steps[1].after.graph.constants)
  }

  @Test func `layers that share a weight keep it in common`() throws {
    var net = SmallNetwork()
    net.convolve("a", "x", 3, 4)
    net.convolve("b", "a", 4, 4)
    net.add("Conv", "c", ["b", "b.w"], ["pads": .ints([1, 1, 1, 1])])
    net.convolve("d", "c", 4, 2)
    net.finish(["d"])
    let step = try step(
      net.graph,
      QuantizationPlan(learnsRounding: true, roundingIterations: 20)
    )
    #expect(step.tuning.learned.map(\.layer) == ["n.a", "n.d"])
    #expect(step.after.graph.constants["b.w/quantized"] != nil)
    #expect(step.after.graph.constants["b.w/quantized_1"] == nil)
  }

  @Test(arguments: [
    QuantizationPlan(correctsBiases: true, training: .batch),
    QuantizationPlan(learnsRounding: true, training: .batch),
    QuantizationPlan(goal: .init(leastDecibels: 3), training: .batch),
  ])
  func `what training would undo is refused beside it`(plan: QuantizationPlan) throws {
    let error = try #require(throws: QuantizationError.self) {
      _ = try step(SmallNetwork.detector, plan)
    }
    #expect("\(error)".contains("beside training"))
  }

  @Test func `a staged execution makes what the session makes, from wherever it halts`() throws {
    let graph = SmallNetwork.detector
    let images = SmallNetwork.images(2)
    let stops = [2, 4, 8, 11]
    let execution = try StagedExecution(
      graph,
      operators: .standard,
      stops: stops,
      values: ["a", "b", "c", "d", "scores"],
      inputs: try (0..<2).map { try images.inputs($0) }
    )
    for (stop, name) in zip(stops, ["a", "b", "c", "d"]) {
      try execution.advance(to: stop)
      for index in 0..<2 {
        let whole = try Session(graph).run(try images.inputs(index), taps: [name, "scores"])
        for value in [name, "scores"] {
          let (a, b) = (try execution.value(value, image: index), try #require(whole[value]))
          #expect(try Distance(of: a.floats(), from: b.floats()).worst < 1e-4)
        }
      }
    }
  }
}
