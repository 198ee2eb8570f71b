import Foundation
import Graphs
import ModelFormats
import Models
import Operators
import PluginKit
import Pruning
import TestNetworks
import TestSupport
import Testing

/// Cutting networks whose weights are whole numbers behind DequantizeLinear.
struct QuantizedWeightsPruningTests {
  /// How a weight of 12 filters is stored.
  struct Storage: Sendable, CustomTestStringConvertible {
    var type: ElementType = .int8
    /// Of the scales; nil for one scale.
    var axis: Int? = 0
    var zero = 0
    var testDescription: String { "\(type), axis \(axis.map(String.init) ?? "none"), zero \(zero)" }
  }

  static let storages = [
    Storage(), Storage(zero: 3), Storage(axis: nil), Storage(axis: nil, zero: -2),
    Storage(axis: 1), Storage(axis: 1, zero: 1), Storage(axis: -4),
    Storage(type: .uint8, zero: 100), Storage(type: .uint8, axis: nil, zero: 7),
    Storage(type: .int4), Storage(type: .int4, axis: nil, zero: 1),
  ]

  /// x → float Conv → Relu → Conv of 12 stored filters, of which 0, 3, 6 and 9 are zero → Relu → Conv → y.
  private func graph(_ storage: Storage) -> Graph {
    var net = SmallNetwork(seed: 5)
    net.convolve("a", "x", 3, 12)
    net.add("Relu", "ra", ["a"])
    var numbers: [Int] = []
    for filter in 0..<12 {
      for place in 0..<108 {
        // Large numbers in filters whose scales are small: only the product says which matter.
        let number = (place * 3 + filter * 5) % 7 - 3
        numbers.append(storage.zero + (filter % 3 == 0 ? 0 : number))
      }
    }
    net.constant("q", Self.constant(numbers, [12, 12, 3, 3], storage.type))
    let count = storage.axis == nil ? 1 : 12
    let shape = storage.axis == nil ? [] : [12]
    // Zero filters have the greatest scales.
    let scales = (0..<count).map { $0 % 3 == 0 ? Float(1) : 0.01 * Float(1 + $0) }
    net.constant("s", Constant(scales, shape: shape))
    net.constant(
      "z",
      Self.constant([Int](repeating: storage.zero, count: count), shape, storage.type)
    )
    net.add(
      "DequantizeLinear",
      "w",
      ["q", "s", "z"],
      storage.axis.map { ["axis": .int($0)] } ?? [:]
    )
    net.constant("bias", Constant(net.floats(12), shape: [12]))
    net.add("Conv", "b", ["ra", "w", "bias"], ["pads": .ints([1, 1, 1, 1])])
    net.add("Relu", "rb", ["b"])
    net.convolve("y", "rb", 12, 4)
    net.finish(["y"])
    return net.graph
  }

  private static func constant(_ numbers: [Int], _ shape: [Int], _ type: ElementType) -> Constant {
    switch type {
    case .uint8:
      return Constant(type: type, shape: shape, bytes: Bytes(numbers.map { UInt8($0) }))
    case .int4:
      // Two an octet, the first in the lower half.
      let halves = numbers.map { UInt8(bitPattern: Int8($0)) & 0x0F }
      let octets = stride(from: 0, to: halves.count, by: 2).map { index in
        halves[index] | (index + 1 < halves.count ? halves[index + 1] << 4 : 0)
      }
      return Constant(type: type, shape: shape, bytes: Bytes(octets))
    default: return Constant(type: type, shape: shape, bytes: Bytes(numbers.map { Int8($0) }))
    }
  }

  private func model(_ graph: Graph) throws -> (Model, ChannelPruning) {
    let model = try Model("stored", graph)
    let groups = ChannelGroups(model.graph, facts: model.facts, operators: model.operators)
    return (model, ChannelPruning(model.graph, groups: groups))
  }

  @Test(.enabled(if: Python.isPresent, "\(Python.reason)"), arguments: storages)
  func `filters of zeros go first, with their scales and zero points, and outputs stay`(
    storage: Storage
  ) throws {
    let (model, pruning) = try model(graph(storage))
    let plan = PruningPlan(cuts: ["q": .ratio(0.3333), "a.w": .ratio(0.25)])
    let resolved = try pruning.resolve(plan)
    let cut = try #require(resolved.cuts.first { $0.group == "q" })
    #expect(cut.kept == [1, 2, 4, 5, 7, 8, 10, 11])
    let small = try pruning.apply(resolved)
    #expect(small.constants["q"]?.shape == [8, 9, 3, 3])
    for name in ["s", "z"] {
      let along = storage.axis.map { $0 == 1 ? [9] : [8] }
      #expect(small.constants[name]?.shape == along ?? [])
    }
    #expect(small.constants["bias"]?.shape == [8])

    // The oracle has floats in place of what is stored, so that a slice can be zero whatever the zero point is.
    var whole = model.graph
    let restored = RestoredConstants(whole)
    let weight = try #require(restored["q"])
    whole.constants["w"] = weight
    whole.nodes.removeAll { $0.outputs == ["w"] }
    for name in ["q", "s", "z"] { whole.constants[name] = nil }
    let (_, twin) = try self.model(whole)
    let alike = PruningPlan(
      cuts: [
        "w": .channels(cut.removed),
        "a.w": .channels(try #require(resolved.cuts.first { $0.group == "a.w" }).removed),
      ]
    )
    let zeroed = twin.zeroedConsumers(try twin.resolve(alike))
    let folder = try ScratchFolder()
    for (name, graph) in [("small", small), ("zeroed", zeroed)] {
      try ONNX.write(OperatorSet.standard.exported(graph), to: folder.path("\(name).onnx"))
    }
    let printed = try Python.run(Self.script, [folder.path("")])
    let difference = try #require(printed.split(separator: "\n").last.flatMap { Double($0) })
    #expect(difference <= 1e-5)
  }

  private static let script = """
    import numpy as np, onnxruntime as ort, sys
    x = np.random.default_rng(0).standard_normal((1, 3, 8, 8)).astype(np.float32)
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    a, b = (ort.InferenceSession(f"{sys.argv[1]}/{name}.onnx", options, providers=["CPUExecutionProvider"]).run(None, {"x": x})[0]
            for name in ["small", "zeroed"])
    print(np.abs(a - b).max() / np.abs(b).max())
    """

  @Test func `strategies are lent the floats, and scales are no filters`() throws {
    let (model, pruning) = try model(graph(Storage(zero: 3)))
    let context = StrategyContext(model, pruning: pruning)
    let group = try #require(context.groups.first { $0.name == "q" })
    #expect(group.producers.map(\.name) == ["q"])
    let view = try context.weight(group.producers[0].index, of: group)
    let found = view.withValues { values in values.indices.map { values[$0] } }
    // Filter 1, place 0: the number 2, scale 0.02.
    #expect(abs(found[108] - 0.04) < 1e-7)
    #expect(found[..<108].allSatisfy { $0 == 0 })
    let scores = try context.importance(of: group)
    #expect(scores.indices.filter { scores[$0] == 0 } == [0, 3, 6, 9])
  }

  @Test func `scales in blocks close the group, with the reason`() throws {
    var graph = graph(Storage())
    graph.constants["s"] = Constant(
      [Float](repeating: 0.1, count: 12 * 3 * 9),
      shape: [12, 3, 3, 3]
    )
    graph.constants["z"] = Constant(
      type: .int8,
      shape: [12, 3, 3, 3],
      bytes: Bytes([Int8](repeating: 0, count: 12 * 27))
    )
    let index = try #require(graph.nodes.firstIndex { $0.outputs == ["w"] })
    graph.nodes[index].attributes = ["axis": .int(1), "block_size": .int(4)]
    let (model, pruning) = try model(graph)
    let context = StrategyContext(model, pruning: pruning)
    #expect(!context.groups.contains { $0.members.contains { ["q", "s", "z"].contains($0.name) } })
    let reasons = context.descriptions.closed.filter { $0.group.name == "a.w" }.map(\.reason)
    #expect(reasons.count == 1 && reasons[0].contains("n.b"), "\(reasons)")
  }
}
