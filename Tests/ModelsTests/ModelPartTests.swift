import Evaluation
import Foundation
import Graphs
import ModelFormats
import Models
import Quantization
import Testing
import TestNetworks
import TestSupport

/// Models with inputs beside the images, such as the thresholds of a detector that chooses its boxes itself.
struct ModelPartTests {
  /// The small detector, its scores multiplied by an input; with `early` its images, too.
  private func model(early: Bool = false) throws -> Model {
    var net = SmallNetwork()
    net.add("Mul", "scaled", ["x", "factor"])
    net.convolve("a", early ? "scaled" : "x", 3, 8)
    net.add("Relu", "ra", ["a"])
    net.convolve("b", "ra", 8, 8)
    net.add("Relu", "rb", ["b"])
    net.convolve("head", "rb", 8, 6)
    net.add("Sigmoid", "scores", ["head"])
    net.add("Mul", "chosen", ["scores", "factor"])
    net.finish(early ? ["chosen"] : ["chosen", "scaled", "rb"])
    var graph = net.graph
    graph.inputs.append(ValueInfo("factor", .float32, []))
    return try Model("chooser", graph)
  }

  @Test
  func `a model is calibrated on images alone where only its tail needs other inputs`() throws {
    let step = try QuantizeStep.plain(
      try model(),
      QuantizeSettings(strategy: "plain"),
      images: SmallNetwork.images(3)
    )
    #expect(step.layers.count == 2)
    // The head's result leaves the network through the tail, so that it stays float for this target.
    #expect(step.placement.floats.contains { $0.name == "n.head" })
    // Outputs that need the input give way to what the tail reads.
    #expect(step.outputs.map(\.name).sorted() == ["rb", "scores"])
    #expect(step.after.graph.inputs.map(\.name) == ["x", "factor"])
    #expect(step.after.graph.outputs.map(\.name) == ["chosen", "scaled", "rb"])
  }

  @Test
  func `it is refused where a layer needs them`() throws {
    #expect(throws: ImageInputError(inputs: ["x", "factor"])) {
      try QuantizeStep.plain(
        try model(early: true),
        QuantizeSettings(strategy: "plain"),
        images: SmallNetwork.images(1)
      )
    }
  }

  @Test
  func `arrays from files go into the input of images`() throws {
    let folder = try ScratchFolder()
    let array = Constant([Float](repeating: 0.5, count: 2 * 192), shape: [2, 3, 8, 8])
    let path = folder.path("inputs.npy")
    try Data(NPY.encode(array)).write(to: URL(filePath: path))
    let images = try CalibrationArrays(try model(), path: path, limit: 9)
    #expect(images.count == 2)
    #expect(try images.inputs(1).keys.sorted() == ["x"])
  }

  @Test
  func `an output of as many rows as values pass a threshold is left out of the comparison`() throws
  {
    var net = SmallNetwork()
    net.convolve("a", "x", 3, 8)
    net.add("Relu", "ra", ["a"])
    net.convolve("b", "ra", 8, 8)
    net.constant("limit", Constant([0], shape: []))
    net.add("Greater", "passes", ["b", "limit"])
    net.add("NonZero", "places", ["passes"])
    net.add("Cast", "chosen", ["places"], ["to": .int(1)])
    net.finish(["b", "chosen"])
    // Stands for a network whose rounded values pass less often.
    var other = net.graph
    other.constants["limit"] = Constant([0.2], shape: [])
    let float = FloatValues(
      try Model("chooser", net.graph),
      values: ["b", "chosen"],
      images: SmallNetwork.images(3)
    )
    let found = try NoiseMeasurement(float, quantized: other, values: ["b", "chosen"])
    #expect(found.values.keys.sorted() == ["b"])
  }
}
