import Graphs
import Operators
import PluginKit
import Quantization
import TestNetworks
import Testing

struct QuantizationPlacementTests {
  private func placement(
    _ graph: Graph,
    _ target: QuantizationTarget,
    skipping skip: Set<String> = []
  ) -> QuantizationPlacement {
    QuantizationPlacement(graph, operators: .standard, target: target) {
      skip.contains($0.name) ? "skipped" : nil
    }
  }

  private func groups(_ placement: QuantizationPlacement) -> Set<Set<String>> {
    Set(placement.activations.map { Set($0.values) })
  }

  @Test
  func
    `ONNX Runtime has scales behind relus, around sums and leaky relus, and the head stays float`()
  {
    let found = placement(SmallNetwork.detector, .onnxRuntime)
    #expect(found.layers.map(\.output) == ["stem", "a", "b", "c", "d"])
    #expect(found.floats.map(\.reason) == ["its result leaves the network"])
    // The sum's inputs b and r0 have their own scales, as have what is joined and the result; pooled shares that of rs.
    #expect(
      groups(found) == [
        ["x"], ["r0"], ["ra"], ["b"], ["rs", "pooled"], ["lc"], ["joined"], ["c"], ["rd"],
      ]
    )
  }

  @Test func `values that are only moved give no range of their own`() throws {
    let found = placement(SmallNetwork.detector, .openVINO)
    let shared = try #require(found.activation(of: "joined"))
    #expect(Set(shared.sources) == ["rs", "lc"])
  }

  @Test
  func `OpenVINO fuses the leaky relu, quantizes the sum's other branch, and the head's input`() {
    let found = placement(SmallNetwork.detector, .openVINO)
    #expect(found.layers.map(\.output) == ["stem", "a", "b", "c", "d", "head"])
    #expect(
      groups(found) == [["x"], ["r0"], ["ra"], ["rs", "pooled", "lc", "joined"], ["rd"]]
    )
  }

  @Test func `the benchmark quantizes inputs of layers and nothing else`() {
    let found = placement(SmallNetwork.detector, .benchmark)
    #expect(groups(found) == [["x"], ["r0"], ["ra"], ["rs"], ["joined"], ["rd"]])
    #expect(found.layers.count == 6)
  }

  @Test func `what is skipped needs no scales`() {
    let found = placement(SmallNetwork.detector, .openVINO, skipping: ["n.stem", "n.d"])
    #expect(!found.layers.map(\.output).contains("stem"))
    #expect(!groups(found).contains(["x"]))
    #expect(found.floats.map(\.name) == ["n.stem", "n.d"])
    // Nothing asks for the concatenation any more; c still reads rs.
    #expect(groups(found) == [["r0"], ["ra"], ["rs"], ["rd"]])
  }

  @Test func `decoding behind the heads is found by structure, a weighing of places with it`() {
    var net = SmallNetwork()
    net.convolve("stem", "x", 3, 8)
    net.convolve("head", "stem", 8, 4)
    net.add("Softmax", "shares", ["head"], ["axis": .int(1)])
    net.constant("places", Constant([0, 1, 2, 3], shape: [1, 4, 1, 1]))
    net.add("Conv", "mean", ["shares", "places"])
    net.add("Mul", "boxes", ["mean", "mean"])
    net.finish(["boxes"])
    let tail = DecodeTail(net.graph, layers: [0, 1, 3], operators: .standard)
    #expect(tail.integrals == [3])
    #expect(tail.heads == [1])
    #expect(tail.nodes == [2, 3, 4])
    let found = placement(net.graph, .openVINO)
    #expect(found.layers.map(\.output) == ["stem", "head"])
    #expect(groups(found) == [["x"], ["stem"]])
  }

  @Test func `x times its sigmoid is one function where the target fuses it, two where not`() {
    var net = SmallNetwork()
    net.convolve("stem", "x", 3, 8)
    net.add("Sigmoid", "s", ["stem"])
    net.add("Mul", "swish", ["stem", "s"])
    net.convolve("next", "swish", 8, 8)
    net.add("Relu", "out", ["next"])
    net.convolve("head", "out", 8, 2)
    net.finish(["head"])
    #expect(groups(placement(net.graph, .openVINO)) == [["x"], ["swish"], ["out"]])
    #expect(
      groups(placement(net.graph, .onnxRuntime)) == [["x"], ["swish"], ["stem"], ["s"], ["out"]]
    )
  }

  @Test func `a symmetric encoding leaves a relu between two scales on ONNX Runtime`() {
    var target = QuantizationTarget.onnxRuntime
    target.activation = .symmetricInt8
    let found = placement(SmallNetwork.detector, target)
    #expect(groups(found).contains(["stem"]))
    #expect(groups(found).contains(["r0"]))
  }
}
