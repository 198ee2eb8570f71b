import Graphs
import Models
import PluginHost
import PluginKit
import Quantization
import TestNetworks
import Testing

/// Which of several quantizers is kept.
struct QuantizationChoiceTests {
  private func candidates(_ estimates: [(String, RangeEstimate)]) -> QuantizationCandidates {
    QuantizationCandidates(
      parameter: "algorithm",
      choices: estimates.map { ($0.0, PlainQuantizer(estimate: $0.1)) }
    )
  }

  private func step(
    _ graph: Graph,
    _ estimates: [(String, RangeEstimate)]
  ) throws -> QuantizeStep {
    var settings = QuantizeSettings(strategy: "plain")
    settings.target = .openVINO
    return try QuantizeStep.run(
      Model("detector", graph),
      settings: settings,
      quantizer: PlainQuantizer(wishes: QuantizationPlan(tried: 0)),
      provenance: .ofTest,
      images: SmallNetwork.images(4),
      surroundings: .init(registry: .init(policy: .standard(manifests: [])))
    ) { _ in candidates(estimates) }
  }

  @Test func `the nearest to the float network's outputs is kept, whatever comes first`() throws {
    let good = ("extremes", RangeEstimate.extremes)
    let bad = ("half", RangeEstimate.percentile(share: 0.5))
    for estimates in [[good, bad], [bad, good]] {
      let step = try step(SmallNetwork.detector, estimates)
      let choice = try #require(step.choice)
      #expect(choice.chosen == "extremes")
      #expect(choice.trials.map(\.value) == estimates.map(\.0))
      #expect(choice.images == 4)
      let alone = try QuantizeStep.plain(
        Model("detector", SmallNetwork.detector),
        step.settings,
        images: SmallNetwork.images(4)
      )
      #expect(step.scales.activations == alone.scales.activations)
      let note = try #require(step.after.graph.model.metadata["espalier.step.0"])
      #expect(note.contains("\"chosen\":\"extremes\"") && note.contains("\"half\""))
      #expect(try self.step(SmallNetwork.detector, estimates).choice == choice)
    }
  }

  @Test func `of equals the first is kept`() throws {
    let step = try step(
      SmallNetwork.detector,
      [("one", .extremes), ("two", .extremes), ("three", .percentile(share: 0.5))]
    )
    #expect(step.choice?.chosen == "one")
  }

  /// The output has boxes in hundreds beside scores below one; the scores are what half the range loses.
  @Test func `large numbers beside small ones do not hide what those lose`() throws {
    var net = SmallNetwork()
    net.convolve("stem", "x", 3, 8)
    net.add("Relu", "rs", ["stem"])
    net.convolve("boxes", "x", 3, 4)
    net.convolve("scores", "rs", 8, 4)
    net.constant("k", Constant([10_000] as [Float], shape: []))
    net.add("Mul", "pixels", ["boxes", "k"])
    net.add("Concat", "y", ["pixels", "scores"], ["axis": .int(1)])
    net.finish(["y"])
    // Of the input, which boxes are made of, both keep the same; of the scores' input the second clips half.
    struct Clipping: Quantizer {
      var isClipping: Bool
      func ranges(
        of tensor: QuantizedTensor,
        in model: any QuantizationContext
      ) throws(PluginError) -> [QuantizationRange] {
        let ranges = try PlainQuantizer().ranges(of: tensor, in: model)
        guard tensor.kind == .activation else { return ranges }
        let share = tensor.name == "x" ? (isClipping ? 1 : 1.2) : (isClipping ? 0.3 : 1)
        return ranges.map { QuantizationRange(low: $0.low * share, high: $0.high * share) }
      }
    }
    var settings = QuantizeSettings(strategy: "plain")
    settings.target = .openVINO
    let step = try QuantizeStep.run(
      Model("detector", net.graph),
      settings: settings,
      quantizer: PlainQuantizer(wishes: QuantizationPlan(tried: 0)),
      provenance: .ofTest,
      images: SmallNetwork.images(4),
      surroundings: .init(registry: .init(policy: .standard(manifests: [])))
    ) { _ in
      QuantizationCandidates(
        parameter: "algorithm",
        choices: [("clipping", Clipping(isClipping: true)), ("whole", Clipping(isClipping: false))]
      )
    }
    #expect(step.choice?.chosen == "whole", "\(String(describing: step.choice))")
  }
}
