import Graphs
import Operators
import Tensors
import Testing
import TestSupport

/// The fast path against the plain one, whose kernels are checked against ONNX.
@Suite(.serialized) struct FusedConvolutionTests {
  private typealias Network = DrawnNetwork

  @Test(arguments: 0..<24)
  func `gives what the nodes' own kernels give`(seed: Int) throws {
    let graph = Network.drawn(seed: UInt64(seed))
    try graph.verify()
    let image = try image([1, 3, 19, 19])
    let (plain, fast) = (Session(graph), Session(graph, mode: .fast))
    try expectEqual(fast.run(["image": image]), plain.run(["image": image]))
    #expect(fast.statistics.multiplyAdds == plain.statistics.multiplyAdds)
    #expect(fast.statistics.nodes == graph.nodes.count)
    #expect(fast.statistics.peakValues <= plain.statistics.peakValues)
  }

  @Test func `returns taps inside of what it fuses otherwise`() throws {
    let graph = Network.drawn(seed: 3)
    let taps = graph.nodes.map(\.outputs[0])
    let image = try image([1, 3, 19, 19])
    let all = try Session(graph).run(["image": image], taps: taps)
    let fast = Session(graph, mode: .fast)
    try expectEqual(fast.run(["image": image], taps: taps), all)
    for tap in taps {
      let found = try fast.run(["image": image], taps: [tap], keeping: false)
      try expectEqual(found, all.filter { found.keys.contains($0.key) })
    }
  }

  @Test func `follows every constant that is replaced, and back`() throws {
    let graph = try cell("Clip", bounds: [-0.25, 0.5])
    let image = try image([1, 3, 9, 9])
    let (plain, fast) = (Session(graph), Session(graph, mode: .fast))
    let first = try fast.run(["image": image])
    for (name, constant) in graph.constants {
      let values = try #require(constant.floats)
      let changed = Constant(values.map { 0.5 * $0 + 0.125 }, shape: constant.shape)
      for session in [plain, fast] { try session.set(constant: name, to: changed) }
      let found = try fast.run(["image": image])
      try expectEqual(found, plain.run(["image": image]))
      #expect(try found["Clip.3"]?.floats() != first["Clip.3"]?.floats(), "\(name)")
      for session in [plain, fast] { try session.set(constant: name, to: constant) }
    }
    try expectEqual(fast.run(["image": image], keeping: false), first)
  }

  @Test func `takes images of any size, also empty ones`() throws {
    let graph = try cell("Relu")
    let (plain, fast) = (Session(graph), Session(graph, mode: .fast))
    for shape in [[1, 3, 9, 9], [2, 3, 14, 7], [1, 3, 3, 3], [0, 3, 9, 9]] {
      let image = try image(shape)
      try expectEqual(fast.run(["image": image]), plain.run(["image": image]))
    }
  }

  @Test(arguments: ["Relu", "LeakyRelu", "Sigmoid", "Tanh", "HardSwish"])
  func `adds a residual before each activation`(op: String) throws {
    try check { net, map in
      let sum = net.apply(
        "Add",
        [net.convolution(map, filters: 3, kernel: 3).name, map.name],
        like: map
      )
      return net.apply(op, [sum.name], like: map)
    }
  }

  @Test(arguments: [[1, 3, 9, 9], [1, 3, 1, 1], [2, 3, 1, 1]])
  func `leaves the map that it adds as it was`(shape: [Int]) throws {
    var net = Network(seed: 5)
    let map = net.image(channels: 3, extent: 9)
    let made = net.convolution(map, filters: 3, kernel: 3)
    let sum = net.apply("Add", [made.name, map.name], like: map)
    let graph = net.finished([sum])
    let image = try image(shape)
    let before = try image.floats()
    try expectEqual(
      Session(graph, mode: .fast).run(["image": image]),
      Session(graph).run(["image": image])
    )
    #expect(try image.floats() == before)
  }

  @Test func `adds a residual that broadcasts, and a convolution to itself`() throws {
    try check { net, map in
      let mean = net.apply("GlobalAveragePool", [map.name], like: map)
      let sum = net.apply(
        "Add",
        [mean.name, net.convolution(map, filters: 3, kernel: 3).name],
        like: map
      )
      let other = net.convolution(net.apply("Relu", [sum.name], like: map), filters: 3, kernel: 1)
      return net.apply("Add", [other.name, other.name], like: map)
    }
  }

  @Test func `folds a batch norm that two nodes read, or that follows no convolution`() throws {
    try check { net, map in
      let norm = net.normalized(map)
      let next = net.normalized(net.convolution(norm, filters: 3, kernel: 3))
      return net.apply("Add", [norm.name, next.name], like: map)
    }
  }

  @Test func `leaves weights of other types to the nodes' own kernels`() throws {
    let graph = try cell("Relu")
    let fast = Session(graph, mode: .fast)
    let output = try #require(try fast.run(["image": image([1, 3, 9, 9])]).values.first)
    for (name, constant) in graph.constants {
      try fast.set(constant: name, to: constant.tensor().converted(to: .float64))
    }
    let wide = try #require(
      try fast.run(["image": image([1, 3, 9, 9]).converted(to: .float64)]).values.first
    )
    #expect(wide.dtype == .float64)
    #expect(try Distance(of: wide.floats(), from: output.floats()).worst < 1e-5)
  }

  // MARK: Parts

  /// Convolution with bias, batch norm and an activation over 3 channels.
  private func cell(_ op: String, bounds: [Float] = []) throws -> Graph {
    var net = Network(seed: 1)
    let map = net.image(channels: 3, extent: 9)
    var made = net.normalized(net.convolution(map, filters: 5, kernel: 3))
    let inputs = bounds.map { net.constant([$0], []) }
    made = net.apply(op, [made.name] + inputs, like: made)
    return net.finished([made])
  }

  /// Compares both paths on a network over 3×9×9.
  private func check(_ build: (inout DrawnNetwork, DrawnNetwork.Map) -> DrawnNetwork.Map) throws {
    var net = Network(seed: 5)
    let map = net.image(channels: 3, extent: 9)
    let made = build(&net, map)
    let graph = net.finished([made])
    try graph.verify()
    let image = try image([1, 3, 9, 9])
    try expectEqual(
      Session(graph, mode: .fast).run(["image": image]),
      Session(graph).run(["image": image])
    )
  }

  private func image(_ shape: [Int]) throws -> Tensor {
    var net = Network(seed: 9)
    return try Tensor(net.numbers(shape.reduce(1, *)), shape: shape)
  }

  /// Expects equal shapes and values to 1e-5 of the largest, row by row in memory.
  private func expectEqual(_ found: [String: Tensor], _ wanted: [String: Tensor]) throws {
    #expect(Set(found.keys) == Set(wanted.keys))
    for (name, tensor) in wanted {
      let result = try #require(found[name])
      #expect(result.shape == tensor.shape && result.isContiguous, "\(name)")
      let distance = Distance(of: try result.floats(), from: try tensor.floats())
      #expect(distance.relative <= 1e-5, "\(name): \(distance)")
    }
  }
}
