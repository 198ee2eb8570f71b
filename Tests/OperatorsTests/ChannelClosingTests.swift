import Graphs
import Operators
import Testing

/// Every rule that closes channels, and the reason that it gives.
struct ChannelClosingTests {
  /// Adds what stands between two layers, and says how the reason starts.
  struct Case: Sendable, CustomTestStringConvertible {
    let reason: String
    let build: @Sendable (inout ChannelNetwork, String) -> String
    var testDescription: String { reason }
  }

  static let cases: [Case] = [
    Case(reason: "Softmax 'n' mixes them") {
      $0.same("Softmax", "n", [$1], attributes: ["axis": .int(1)])
    },
    Case(reason: "CumSum 'n' mixes them") {
      $0.same("CumSum", "n", [$1, $0.integers("axis", [1])])
    },
    Case(reason: "CumProd 'n' mixes them") {
      $0.same("CumProd", "n", [$1, $0.integers("axis", [1])])
    },
    Case(reason: "LRN 'n' mixes or hides channels") { $0.same("LRN", "n", [$1]) },
    Case(reason: "LayerNormalization 'n' mixes them") {
      $0.same(
        "LayerNormalization",
        "n",
        [$1, $0.weight("s", [4, 4])],
        attributes: ["axis": .int(1)]
      )
    },
    Case(reason: "ReduceMean 'n' reduces over them") {
      $0.node("ReduceMean", "n", [$1, $0.integers("axes", [1])], [1, 1, 4, 4])
    },
    Case(reason: "Frobnicate 'n' is an operator that is not known") {
      $0.same("Frobnicate", "n", [$1])
    },
    Case(reason: "MatMul 'n' multiplies computed values") { $0.same("MatMul", "n", [$1, $1]) },
    Case(reason: "Add 'n' combines them with 'x'") { $0.same("Add", "n", [$1, "x"]) },
    Case(reason: "Add 'n' pairs channels of one input") {
      let turned = $0.node(
        "Transpose",
        "turn",
        [$1],
        [1, 4, 4, 4],
        attributes: ["perm": .ints([0, 2, 1, 3])]
      )
      return $0.same("Add", "n", [$1, turned])
    },
    Case(reason: "Conv 'n' has a weight that is computed") {
      $0.node("Conv", "n", [$1, "kernel"], [1, 4, 4, 4])
    },
    Case(reason: "Conv 'n' mixes the axis that they lie along") {
      let turned = $0.node(
        "Transpose",
        "turn",
        [$1],
        [1, 4, 4, 4],
        attributes: ["perm": .ints([0, 2, 1, 3])]
      )
      return $0.conv("n", turned, 4)
    },
    Case(reason: "Slice 'n' takes every second channel") {
      $0.node(
        "Slice",
        "n",
        [
          $1, $0.integers("st", [0]), $0.integers("en", [4]), $0.integers("ax", [1]),
          $0.integers("step", [2]),
        ],
        [1, 2, 4, 4]
      )
    },
    Case(reason: "Pad 'n' repeats or drops channels") {
      $0.node(
        "Pad",
        "n",
        [$1, $0.integers("amount", [0, 1, 0, 0, 0, 0, 0, 0])],
        [1, 5, 4, 4],
        attributes: ["mode": .text("edge")]
      )
    },
    Case(reason: "Tile 'n' repeats channels") {
      $0.node("Tile", "n", [$1, $0.integers("times", [1, 2, 1, 1])], [1, 8, 4, 4])
    },
    Case(reason: "Gather 'n' picks channels that are known only") {
      $0.node("Gather", "n", [$1, "index"], [1, 4, 4, 4], attributes: ["axis": .int(1)])
    },
    Case(reason: "Resize 'n' resizes the axis of the channels") {
      $0.node("Resize", "n", [$1, "", "", $0.integers("sizes", [1, 8, 4, 4])], [1, 8, 4, 4])
    },
    Case(reason: "Reshape 'n' has a target shape that is computed") {
      $0.node("Reshape", "n", [$1, "target"], [1, 4, 4, 4])
    },
    Case(reason: "Split 'n' has sizes that are computed") {
      $0.node("Split", "n", [$1, "sizes"], [1, 4, 4, 4], attributes: ["axis": .int(1)])
    },
    Case(reason: "Mul 'n' computes with their number") {
      let shape = $0.node("Shape", "shape", [$1], [4])
      let number = $0.node(
        "Gather",
        "number",
        [shape, $0.integers("one", [1])],
        [1],
        attributes: ["axis": .int(0)]
      )
      return $0.same("Mul", "n", [$1, number])
    },
    Case(reason: "If 'n' reads them in a branch") {
      var branch = Graph(nodes: [Node("Relu", name: "r", inputs: [$1], outputs: ["y"])])
      branch.outputs = [ValueInfo("y")]
      return $0.node(
        "If",
        "n",
        ["condition"],
        [1, 4, 4, 4],
        attributes: ["then_branch": .graph(branch)]
      )
    },
  ]

  @Test(arguments: cases)
  func `closes the channels with a reason that names the node`(each: Case) throws {
    var net = ChannelNetwork([
      ("x", [1, 4, 4, 4]), ("kernel", [4, 4, 1, 1]), ("index", [4]), ("target", [4]),
      ("sizes", [1]), ("condition", []),
    ])
    let a = net.conv("a", "x", 4)
    let groups = net.finish(each.build(&net, a))
    let reason = try #require(groups["a"]?.closed)
    #expect(reason.hasPrefix(each.reason), "\(reason)")
  }

  @Test func `a constant that something else reads is not cut`() throws {
    var net = ChannelNetwork()
    let a = net.conv("a", "x", 4)
    let m = net.same("Mul", "m", [a, net.weight("p", [4, 1, 1])])
    net.node("Relu", "copy", ["p"], [4, 1, 1])
    let groups = net.returning([net.conv("last", m, 2), "copy"])
    #expect(groups["a"]?.closed == "'p' is also read by Relu 'copy', which does not follow a cut")
  }

  @Test func `values that are outputs too stay whole`() throws {
    var net = ChannelNetwork()
    let a = net.conv("a", "x", 4)
    let groups = net.returning([net.conv("last", a, 2), a])
    #expect(groups["a"]?.closed == "they are the output 'a'")
  }

  @Test func `one channel picked by its number stays, the others may go`() throws {
    var net = ChannelNetwork()
    let a = net.conv("a", "x", 4)
    net.graph.constants["two"] = Constant(scalar: 2)
    let one = net.node(
      "Gather",
      "one",
      [a, "two"],
      [1, 4, 4],
      attributes: ["axis": .int(1)]
    )
    let groups = net.returning([net.conv("last", a, 2), one])
    #expect(groups["a"]?.open == [0, 1, 3])
    #expect(net.edits("a", removing: [0]).contains(.setIntegers(constant: "two", values: [1])))
  }

  @Test func `layers of one filter cannot be cut`() throws {
    var net = ChannelNetwork()
    let groups = net.finish(net.conv("a", "x", 1))
    #expect(groups["a"] == nil)
  }
}
