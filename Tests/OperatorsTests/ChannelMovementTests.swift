import Graphs
import Operators
import Testing

struct ChannelMovementTests {
  @Test func `a shuffle's reshapes follow, and its rows go together`() throws {
    var net = ChannelNetwork()
    let a = net.conv("a", "x", 8, groups: 1)
    let split = net.node(
      "Reshape",
      "split",
      [a, net.integers("s1", [1, 2, 4, 4, 4])],
      [1, 2, 4, 4, 4]
    )
    let turned = net.node(
      "Transpose",
      "turn",
      [split],
      [1, 4, 2, 4, 4],
      attributes: ["perm": .ints([0, 2, 1, 3, 4])]
    )
    let joined = net.node(
      "Reshape",
      "join",
      [turned, net.integers("s2", [0, -1, 4, 4])],
      [1, 8, 4, 4]
    )
    let groups = net.finish(joined)
    let group = try #require(groups["a.w"])
    #expect(group.channels == 4 && group.closed == nil)
    let edits = net.edits("a.w", removing: [1])
    #expect(edits.contains(.keep(constant: "a.w", axis: 0, indices: [0, 2, 3, 4, 6, 7])))
    #expect(edits.contains(.setIntegers(constant: "s1", values: [1, 2, 3, 4, 4])))
    #expect(edits.contains(.keep(constant: "last.w", axis: 1, indices: [0, 1, 4, 5, 6, 7])))
    #expect(!edits.contains { if case .setIntegers("s2", _) = $0 { true } else { false } })
  }

  @Test func `a target that several nodes read is replaced, not edited`() throws {
    var net = ChannelNetwork()
    let shape = net.integers("shape", [1, 4, 16])
    let a = net.node("Reshape", "ra", [net.conv("a", "x", 4), shape], [1, 4, 16])
    let b = net.node("Reshape", "rb", [net.conv("b", "x", 4), shape], [1, 4, 16])
    net.weight("wa", [2, 4, 1])
    net.weight("wb", [2, 4, 1])
    _ = net.returning([
      net.node("Conv", "oa", [a, "wa"], [1, 2, 16]),
      net.node("Conv", "ob", [b, "wb"], [1, 2, 16]),
    ])
    #expect(
      net.edits("a.w", removing: [3]).contains(
        .setInput(node: "ra", index: 1, constant: "ra.input1", values: [1, 3, 16])
      )
    )
  }

  @Test func `a split's sizes follow, and an equal split becomes an explicit one`() throws {
    var net = ChannelNetwork()
    let a = net.conv("a", "x", 6)
    net.node(
      "Split",
      "split",
      [a],
      [1, 3, 4, 4],
      [1, 3, 4, 4],
      attributes: ["axis": .int(1), "num_outputs": .int(2)]
    )
    let left = net.conv("left", "split", 2)
    let right = net.conv("right", "split.1", 2)
    let groups = net.returning([net.same("Add", "sum", [left, right])])
    #expect(groups["a.w"]?.channels == 6)
    let edits = net.edits("a.w", removing: [1])
    #expect(
      edits.contains(
        .setInput(
          node: "split",
          index: 1,
          constant: "split.input1",
          values: [2, 3]
        )
      )
    )
    #expect(edits.contains(.removeAttribute(node: "split", attribute: "num_outputs")))
    #expect(edits.contains(.keep(constant: "left.w", axis: 1, indices: [0, 2])))
    #expect(groups.analysis.pieces.map(\.count).sorted() == [2, 2, 3, 3, 6])
  }

  @Test func `bounds of a slice and indices of a gather are renumbered`() throws {
    var net = ChannelNetwork()
    let a = net.conv("a", "x", 6)
    let slice = net.node(
      "Slice",
      "slice",
      [a, net.integers("st", [2]), net.integers("en", [Int.max]), net.integers("ax", [1])],
      [1, 4, 4, 4]
    )
    let pick = net.node(
      "Gather",
      "pick",
      [slice, net.integers("ix", [3, -4, 1])],
      [1, 3, 4, 4],
      attributes: ["axis": .int(1)]
    )
    let groups = net.returning([net.conv("left", pick, 2), net.conv("whole", a, 2)])
    #expect(groups["a.w"]?.closed == nil)
    // Channels 0 1 | 2 3 4 5 become 1 | 2 4 5: the slice starts at 1, and 5, 2, 3 lose the 3.
    let edits = net.edits("a.w", removing: [0, 3])
    #expect(edits.contains(.setIntegers(constant: "st", values: [1])))
    #expect(edits.contains(.setIntegers(constant: "en", values: [4])))
    #expect(edits.contains(.setIntegers(constant: "ix", values: [2, 0])))
    #expect(edits.contains(.keep(constant: "left.w", axis: 1, indices: [0, 1])))
  }

  @Test func `channels that padding adds are cut with those that they are added to`() throws {
    var net = ChannelNetwork()
    let a = net.conv("a", "x", 3)
    let pad = net.node(
      "Pad",
      "pad",
      [a, net.integers("amount", [0, 0, 0, 0, 0, 2, 0, 0])],
      [1, 5, 4, 4]
    )
    let b = net.conv("b", a, 5)
    let groups = net.finish(net.same("Add", "sum", [pad, b]))
    #expect(groups["b.w"]?.name == "a.w" && groups["b.w"]?.channels == 5)
    let edits = net.edits("a.w", removing: [0, 4])
    #expect(edits.contains(.setIntegers(constant: "amount", values: [0, 0, 0, 0, 0, 1, 0, 0])))
    #expect(edits.contains(.keep(constant: "a.w", axis: 0, indices: [1, 2])))
    #expect(edits.contains(.keep(constant: "b.w", axis: 0, indices: [1, 2, 3])))
  }

  @Test func `sizes of a resize and an expand follow`() throws {
    var net = ChannelNetwork()
    let a = net.conv("a", "x", 4)
    let up = net.node(
      "Resize",
      "up",
      [a, "", "", net.integers("sizes", [1, 4, 8, 8])],
      [1, 4, 8, 8]
    )
    let pool = net.node("GlobalAveragePool", "pool", [up], [1, 4, 1, 1])
    let wide = net.node(
      "Expand",
      "wide",
      [pool, net.integers("to", [1, 4, 8, 8])],
      [1, 4, 8, 8]
    )
    let groups = net.finish(wide)
    #expect(groups["a"]?.closed == nil)
    let edits = net.edits("a", removing: [0])
    #expect(edits.contains(.setIntegers(constant: "sizes", values: [1, 3, 8, 8])))
    #expect(edits.contains(.setIntegers(constant: "to", values: [1, 3, 8, 8])))
  }

  @Test func `a depth-to-space written as reshapes ties the pixels of a channel`() throws {
    var net = ChannelNetwork()
    let a = net.conv("a", "x", 8)
    let six = net.node(
      "Reshape",
      "six",
      [a, net.integers("s", [1, 2, 2, 2, 4, 4])],
      [1, 2, 2, 2, 4, 4]
    )
    let turned = net.node(
      "Transpose",
      "turn",
      [six],
      [1, 2, 4, 2, 4, 2],
      attributes: ["perm": .ints([0, 1, 4, 2, 5, 3])]
    )
    let flat = net.node(
      "Reshape",
      "flat",
      [turned, net.integers("t", [1, 2, 8, 8])],
      [1, 2, 8, 8]
    )
    let groups = net.finish(flat)
    #expect(groups["a"]?.channels == 2 && groups["a"]?.closed == nil)
    let edits = net.edits("a", removing: [0])
    #expect(edits.contains(.keep(constant: "a.w", axis: 0, indices: [4, 5, 6, 7])))
    #expect(edits.contains(.setIntegers(constant: "s", values: [1, 1, 2, 2, 4, 4])))
    #expect(edits.contains(.setIntegers(constant: "t", values: [1, 1, 8, 8])))
  }

  @Test(arguments: [-1, 4])
  func `a target computed from the tensor's own shape follows, a written number does not`(
    entry: Int
  ) throws {
    var net = ChannelNetwork()
    let a = net.conv("a", "x", 4)
    let shape = net.node("Shape", "shape", [a], [4])
    let batch = net.node(
      "Gather",
      "batch",
      [shape, net.integers("zero", [0])],
      [1],
      attributes: ["axis": .int(0)]
    )
    let target = net.node(
      "Concat",
      "target",
      [batch, net.integers("rest", [entry, 16])],
      [3],
      attributes: ["axis": .int(0)]
    )
    let view = net.node("Reshape", "view", [a, target], [1, 4, 16])
    net.weight("w", [2, 4, 1])
    let groups = net.returning([net.node("Conv", "out", [view, "w"], [1, 2, 16])])
    #expect((groups["a"]?.closed == nil) == (entry == -1))
    if entry == 4 { #expect(groups["a"]?.closed?.contains("Reshape 'view'") == true) }
  }

  @Test func `the channel number itself may be what a target takes`() throws {
    var net = ChannelNetwork()
    let a = net.conv("a", "x", 4)
    let shape = net.node("Shape", "shape", [a], [4])
    let head = net.node(
      "Slice",
      "head",
      [shape, net.integers("st", [0]), net.integers("en", [2])],
      [2]
    )
    let target = net.node(
      "Concat",
      "target",
      [head, net.integers("rest", [16])],
      [3],
      attributes: ["axis": .int(0)]
    )
    let view = net.node("Reshape", "view", [a, target], [1, 4, 16])
    net.weight("w", [2, 4, 1])
    let groups = net.returning([net.node("Conv", "out", [view, "w"], [1, 2, 16])])
    #expect(groups["a"]?.closed == nil)
    #expect(net.edits("a", removing: [0]).count == 2)
  }

  @Test func `a stored weight that is reshaped on its way takes its target along`() throws {
    var net = ChannelNetwork()
    let a = net.conv("a", "x", 3)
    let pool = net.node("GlobalAveragePool", "pool", [a], [1, 3, 1, 1])
    let flat = net.node("Flatten", "flat", [pool], [1, 3])
    net.weight("fc", [5, 3, 1, 1])
    let view = net.node("Reshape", "view", ["fc", net.integers("to", [5, 3])], [5, 3])
    let groups = net.returning([
      net.node("Gemm", "out", [flat, view], [1, 5], attributes: ["transB": .int(1)])
    ])
    #expect(groups["a"]?.closed == nil)
    let edits = net.edits("a.w", removing: [1])
    #expect(edits.contains(.keep(constant: "fc", axis: 1, indices: [0, 2])))
    #expect(edits.contains(.setIntegers(constant: "to", values: [5, 2])))
  }
}
