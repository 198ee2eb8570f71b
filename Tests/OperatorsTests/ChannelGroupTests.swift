import Graphs
import Operators
import Testing

struct ChannelGroupTests {
  @Test func `a plain chain gives one group a layer, with all that a cut makes smaller`() throws {
    var net = ChannelNetwork()
    let a = net.conv("a", "x", 4, bias: true)
    let parameters = ["scale", "offset", "mean", "var"].map { net.weight("bn.\($0)", [4]) }
    let bn = net.same("BatchNormalization", "bn", [a] + parameters)
    let groups = net.finish(net.same("Relu", "relu", [bn]))
    #expect(groups.groups.map(\.name) == ["a.w", "last.w"])
    let group = try #require(groups["a.w"])
    #expect(group.channels == 4 && group.closed == nil)
    #expect(
      group.members.map { "\($0.constant) \($0.axis) \($0.role)" } == [
        "a.w 0 producer", "a.b 0 perChannel", "bn.scale 0 perChannel", "bn.offset 0 perChannel",
        "bn.mean 0 perChannel", "bn.var 0 perChannel", "last.w 1 consumer",
      ]
    )
    #expect(groups["a"]?.name == "a.w")
    #expect(groups["last"]?.closed?.contains("decides the output 'last'") == true)
    #expect(
      net.edits("a.w", removing: [1]).prefix(2) == [
        .keep(constant: "a.w", axis: 0, indices: [0, 2, 3]),
        .keep(constant: "a.b", axis: 0, indices: [0, 2, 3]),
      ]
    )
  }

  @Test func `a residual add makes one group of its producers`() throws {
    var net = ChannelNetwork()
    let a = net.conv("a", "x", 4)
    let b = net.conv("b", net.same("Relu", "r", [a]), 4)
    let groups = net.finish(net.same("Add", "sum", [a, b]))
    let group = try #require(groups["b.w"])
    #expect(group.name == "a.w" && group.channels == 4)
    #expect(group.producers.map(\.constant) == ["a.w", "b.w"])
    #expect(group.consumers.map(\.constant) == ["b.w", "last.w"])
  }

  @Test func `a concatenation keeps groups apart and its reader knows both`() throws {
    var net = ChannelNetwork()
    let a = net.conv("a", "x", 2)
    let b = net.conv("b", "x", 3)
    let groups = net.finish(
      net.node("Concat", "cat", [a, b], [1, 5, 4, 4], attributes: ["axis": .int(1)])
    )
    #expect(groups.groups.map(\.channels) == [2, 3, 2])
    let reader = try #require(groups["b"]?.consumers.first { $0.constant == "last.w" })
    #expect(reader.positions == [-1, -1, 0, 1, 2])
    #expect(
      net.edits("b.w", removing: [0]).contains(
        .keep(constant: "last.w", axis: 1, indices: [0, 1, 3, 4])
      )
    )
  }

  @Test func `a sum with a concatenation ties all three`() throws {
    var net = ChannelNetwork()
    let a = net.conv("a", "x", 2)
    let b = net.conv("b", "x", 3)
    let c = net.conv("c", "x", 5)
    let cat = net.node("Concat", "cat", [a, b], [1, 5, 4, 4], attributes: ["axis": .int(1)])
    let groups = net.finish(net.same("Add", "sum", [cat, c]))
    let group = try #require(groups["c"])
    #expect(group.channels == 5 && groups.groups.count == 2)
    #expect(
      group.producers.map { Array($0.positions) } == [[0, 1], [2, 3, 4], [0, 1, 2, 3, 4]]
    )
  }

  @Test func `a depthwise convolution passes, and its group number falls`() throws {
    var net = ChannelNetwork()
    let a = net.conv("a", "x", 4)
    let deep = net.conv("deep", a, 8, groups: 4, bias: true)
    let groups = net.finish(deep)
    #expect(groups["deep.w"]?.name == "a.w")
    #expect(groups["a.w"]?.channels == 4)
    let edits = net.edits("a.w", removing: [1])
    #expect(edits.contains(.keep(constant: "deep.w", axis: 0, indices: [0, 1, 4, 5, 6, 7])))
    #expect(edits.contains(.keep(constant: "last.w", axis: 1, indices: [0, 1, 4, 5, 6, 7])))
    #expect(edits.contains(.setInt(node: "deep", attribute: "group", value: 3)))
  }

  @Test func `groups of a convolution lose equally on both sides`() throws {
    var net = ChannelNetwork()
    let a = net.conv("a", "x", 6)
    let groups = net.finish(net.conv("grouped", a, 4, groups: 2))
    #expect(groups["a.w"]?.channels == 3)
    #expect(groups["grouped.w"]?.channels == 2)
    let edits = net.edits("a.w", removing: [1])
    #expect(edits.contains(.keep(constant: "a.w", axis: 0, indices: [0, 2, 3, 5])))
    #expect(edits.contains(.keep(constant: "grouped.w", axis: 1, indices: [0, 2])))
    #expect(
      net.edits("grouped.w", removing: [0]).contains(
        .keep(constant: "grouped.w", axis: 0, indices: [1, 3])
      )
    )
  }

  @Test func `transposed convolutions have their filters along axis 1`() throws {
    var net = ChannelNetwork()
    let a = net.conv("a", "x", 4)
    net.weight("up.w", [4, 6, 2, 2])
    let up = net.node("ConvTranspose", "up", [a, "up.w"], [1, 6, 8, 8])
    let groups = net.finish(up)
    #expect(groups["up.w"]?.channels == 6)
    #expect(
      net.edits("a.w", removing: [0]).contains(
        .keep(constant: "up.w", axis: 0, indices: [1, 2, 3])
      )
    )
    #expect(
      net.edits("up.w", removing: [5]).contains(
        .keep(constant: "up.w", axis: 1, indices: [0, 1, 2, 3, 4])
      )
    )
  }

  @Test func `deformable convolutions keep what steers them whole`() throws {
    var net = ChannelNetwork()
    let a = net.conv("a", "x", 4)
    let offset = net.conv("offset", a, 18)
    net.weight("d.w", [4, 4, 3, 3])
    let d = net.node("DeformConv", "d", [a, "d.w", offset], [1, 4, 4, 4])
    let groups = net.finish(d)
    #expect(groups["a.w"]?.closed == nil && groups["d.w"]?.closed == nil)
    #expect(groups["offset.w"]?.closed?.contains("DeformConv 'd'") == true)
  }

  @Test(arguments: [0, 1])
  func `flattened maps cut runs of a linear layer's inputs`(transB: Int) throws {
    var net = ChannelNetwork()
    let a = net.conv("a", "x", 3)
    let flat = net.node("Flatten", "flat", [a], [1, 48])
    net.weight("fc.w", transB == 1 ? [5, 48] : [48, 5])
    net.weight("fc.b", [5])
    let fc = net.node(
      "Gemm",
      "fc",
      [flat, "fc.w", "fc.b"],
      [1, 5],
      attributes: ["transB": .int(transB)]
    )
    net.weight("out.w", [5, 2])
    let groups = net.returning([net.node("MatMul", "out", [fc, "out.w"], [1, 2])])
    #expect(groups["fc"]?.channels == 5 && groups["fc"]?.closed == nil)
    #expect(
      net.edits("a.w", removing: [1]).contains(
        .keep(constant: "fc.w", axis: transB, indices: Array(0..<16) + Array(32..<48))
      )
    )
    let edits = net.edits("fc.w", removing: [0])
    #expect(edits.contains(.keep(constant: "fc.w", axis: 1 - transB, indices: [1, 2, 3, 4])))
    #expect(edits.contains(.keep(constant: "fc.b", axis: 0, indices: [1, 2, 3, 4])))
    #expect(edits.contains(.keep(constant: "out.w", axis: 0, indices: [1, 2, 3, 4])))
  }

  @Test func `parameters are cut along the axis that meets the channels`() throws {
    var net = ChannelNetwork()
    var value = net.conv("a", "x", 4)
    for (index, shape) in [[4, 1, 1], [1, 4, 1, 1], [1]].enumerated() {
      value = net.same("Mul", "m\(index)", [value, net.weight("p\(index)", shape)])
    }
    value = net.same("PRelu", "prelu", [value, net.weight("slope", [4, 1, 1])])
    value = net.same(
      "InstanceNormalization",
      "in",
      [value, net.weight("s", [4]), net.weight("o", [4])]
    )
    let groups = net.finish(value)
    #expect(
      groups["a"]?.members.map { "\($0.constant) \($0.axis)" } == [
        "a.w 0", "p0 0", "p1 1", "slope 0", "s 0", "o 0", "last.w 1",
      ]
    )
  }

  @Test func `a parameter that is reshaped on its way is cut where it is stored`() throws {
    var net = ChannelNetwork()
    let a = net.conv("a", "x", 4)
    net.weight("scale", [4])
    let view = net.node(
      "Unsqueeze",
      "view",
      ["scale", net.integers("axes", [1, 2])],
      [4, 1, 1]
    )
    let groups = net.finish(net.same("Mul", "m", [a, view]))
    #expect(groups["a"]?.closed == nil)
    #expect(
      net.edits("a.w", removing: [0]).contains(
        .keep(constant: "scale", axis: 0, indices: [1, 2, 3])
      )
    )
  }

  @Test func `quantized weights are cut with their scales`() throws {
    var net = ChannelNetwork()
    let a = net.conv("a", "x", 4)
    net.graph.constants["q"] = Constant(
      type: .int8,
      shape: [6, 4, 1, 1],
      bytes: Bytes([Int8](repeating: 1, count: 24))
    )
    net.weight("q.scale", [6])
    let q = net.node(
      "DequantizeLinear",
      "dq",
      ["q", "q.scale"],
      [6, 4, 1, 1],
      attributes: ["axis": .int(0)]
    )
    let groups = net.finish(net.node("Conv", "b", [a, q], [1, 6, 4, 4]))
    #expect(groups["a"]?.closed == nil && groups["q"]?.channels == 6)
    let edits = net.edits("q", removing: [2])
    #expect(edits.contains(.keep(constant: "q", axis: 0, indices: [0, 1, 3, 4, 5])))
    #expect(edits.contains(.keep(constant: "q.scale", axis: 0, indices: [0, 1, 3, 4, 5])))
  }

  @Test func `filters that two layers share are one group`() throws {
    var net = ChannelNetwork()
    let a = net.conv("a", "x", 4)
    let b = net.node("Conv", "b", ["x", "a.w"], [1, 4, 4, 4])
    let left = net.conv("left", a, 2)
    let right = net.conv("right", b, 2)
    let groups = net.returning([net.same("Add", "sum", [left, right])])
    #expect(groups["a"]?.consumers.map(\.constant) == ["left.w", "right.w"])
  }
}
