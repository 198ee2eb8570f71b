import PluginHost
import PluginKit
import Testing

/// The space of widths of the run's own network, through the C boundary.
@Suite(.requiresBuiltIn("Width"))
struct WidthTests {
  private func space(_ settings: [String: ParameterValue] = [:]) throws -> PluginSpace {
    try BuiltIns.registry().space(named: "width", settings: settings)
  }

  private func search(
    _ names: [String],
    channels: [Int] = [],
    strides: [Int?] = []
  ) -> StillSearch {
    let layers = names.enumerated().map {
      (name: $1, channels: channels.isEmpty ? 8 : channels[$0])
    }
    return StillSearch(SmallModel(layers, strides: strides))
  }

  private func names(_ blocks: String, _ search: StillSearch) throws -> [String] {
    try space(["blocks": .string(blocks)]).dimensions(in: search).map(\.name)
  }

  @Test func `a dimension chooses one of the widths, which have an order and labels`() throws {
    let space = try space(["widths": .doubles([1, 0.25, 0.5])])
    let dimensions = try space.dimensions(in: search(["a"]))
    #expect(dimensions == [SearchDimension("a", 0...2, labels: ["0.25", "0.5", "1.0"])])
  }

  @Test func `a search begins with the uncut network`() throws {
    let search = search(["a", "b"])
    let space = try space(["blocks": .string("group")])
    #expect(try space.start(in: search) == [6, 6])
    #expect(try space.network([6, 6], in: search) == .cuts(PruningPlan()))
  }

  @Test func `groups are tied by name, by stride, or all`() throws {
    let search = search(
      ["stem.w", "a.0.x.w", "a.0.y.w", "a.1.x.w", "a.1.y.w"],
      strides: [2, 8, 8, nil, 8]
    )
    #expect(try names("group", search) == ["stem.w", "a.0.x.w", "a.0.y.w", "a.1.x.w", "a.1.y.w"])
    #expect(try names("block", search) == ["stem.w", "a.0", "a.1"])
    #expect(try names("stage", search) == ["stride 2", "stride 8", "no stride"])
    #expect(try names("all", search) == ["all"])
  }

  @Test(
    arguments: [
      (
        [
          "yolo_block.0.0.0.conv.weights", "yolo_block.0.0.1.conv.weights",
          "yolo_block.0.tip.conv.weights", "yolo_block.1.0.0.conv.weights",
          "yolo_block.1.0.1.conv.weights",
        ], ["yolo_block.0.0", "yolo_block.0", "yolo_block.1.0"]
      ),
      (
        [
          "model.0.conv.weight", "model.4.cv1.conv.weight", "model.4.m.0.cv1.conv.weight",
          "model.4.m.0.cv2.conv.weight",
        ], ["model.0.conv.weight", "model.4", "model.4.m.0"]
      ),
      (
        [
          "res2a_branch2a_weights", "res2a_branch2b_weights", "res2b_branch2a_weights",
          "res2b_branch2b_weights", "conv1_weights",
        ], ["res2a", "res2b", "conv1_weights"]
      ),
      (
        [
          "/layer1/layer1.0/conv1/Conv", "/layer1/layer1.0/conv2/Conv",
          "/layer1/layer1.1/conv1/Conv", "/head/Conv",
        ],
        ["/layer1/layer1.0", "/layer1/layer1", "/head/Conv"]
      ),
      // What all names begin with ties nothing.
      (["v8.a.w", "v8.b.w"], ["v8.a.w", "v8.b.w"]),
      (
        ["onnx::Conv_12", "onnx::Conv_15", "onnx::Conv_18"],
        ["onnx::Conv_12", "onnx::Conv_15", "onnx::Conv_18"]
      ),
    ] as [([String], [String])]
  )
  func `a block is the longest beginning with a number that names share`(
    groups: [String],
    blocks: [String]
  ) throws {
    #expect(try names("block", search(groups)) == blocks)
  }

  @Test(
    arguments: [
      // channels, width, align, kept
      (16, 0.5, 1, 8), (10, 0.25, 1, 2), (6, 0.25, 1, 2), (5, 0.5, 1, 3), (3, 0.01, 1, 1),
      (24, 0.5, 8, 16), (20, 0.5, 8, 8), (40, 0.4, 8, 16), (24, 0.01, 8, 8), (6, 0.5, 8, 6),
      (20, 0.95, 8, 16), (12, 0.95, 8, 8),
    ] as [(Int, Double, Int, Int)]
  )
  func `kept channels are rounded as a pruner rounds, then to the multiple`(
    channels: Int,
    width: Double,
    align: Int,
    kept: Int
  ) throws {
    let space = try space(["widths": .doubles([width, 1]), "align": .int(align)])
    let search = search(["a"], channels: [channels])
    guard case .cuts(let plan) = try space.network([0], in: search) else {
      Issue.record("a model came")
      return
    }
    let ratio = plan.cuts["a"].map { cut -> Double in if case .ratio(let r) = cut { r } else { -1 }
    }
    #expect(ratio ?? 0 == Double(channels - kept) / Double(channels))
    #expect(try space.network([1], in: search) == .cuts(PruningPlan()))
  }

  @Test func `the tokens of a block cut all of its groups, by the score asked for`() throws {
    let space = try space(["blocks": .string("stage"), "score": .string("org.example.l2")])
    let search = search(["a", "b", "c"], strides: [4, 8, 8])
    #expect(
      try space.network([6, 2], in: search)
        == .cuts(
          PruningPlan(cuts: ["b": .ratio(0.5), "c": .ratio(0.5)], score: "org.example.l2")
        )
    )
  }

  @Test func `a cap keeps the blocks with the most multiply-adds, in their order`() throws {
    let space = try space(["blocks": .string("group"), "at_most": .int(2)])
    // Multiply-adds go with the channels.
    let search = search(["a", "b", "c", "d"], channels: [16, 8, 32, 16])
    #expect(try space.dimensions(in: search).map(\.name) == ["a", "c"])
    #expect(
      try space.network([2, 6], in: search) == .cuts(PruningPlan(cuts: ["a": .ratio(0.5)]))
    )
  }

  @Test func `groups are included and excluded by name and pattern`() throws {
    let space = try space([
      "blocks": .string("group"), "include": .string("head.*"), "exclude": .strings(["head.1"]),
    ])
    let search = search(["body.0", "head.0", "head.1", "head.2"])
    #expect(try space.dimensions(in: search).map(\.name) == ["head.0", "head.2"])
  }

  @Test func `a network without anything to choose is refused with the reason`() throws {
    func message(_ settings: [String: ParameterValue], _ search: StillSearch) throws -> String {
      let error = try #require(throws: PluginError.self) {
        try space(settings).dimensions(in: search)
      }
      return error.message
    }
    #expect(try message([:], StillSearch()).contains("the run has none: name a model"))
    #expect(
      try message([:], search([])) == "the network has no channel group that may be cut"
    )
    #expect(
      try message(["include": .strings(["heed.0"])], search(["body.0", "head.0"]))
        .contains(
          "\"heed.0\" in \"include\" matches no channel group; there are 2, such as \"head.0\""
        )
    )
    #expect(
      try message(["exclude": .strings(["*"])], search(["a"])).contains("\"exclude\" leaves none")
    )
  }

  @Test(
    arguments: [
      (["widths": .doubles([0.5, 0.5])], "\"widths\" lists 0.5 twice"),
      (["widths": .doubles([0.5, 1.5])], "widths"), (["blocks": .string("stages")], "stage"),
      (["align": .int(0)], "align"),
    ] as [([String: ParameterValue], String)]
  )
  func `settings that mean nothing are refused`(
    settings: [String: ParameterValue],
    message: String
  ) throws {
    let error = try #require(throws: PluginHostError.self) { try space(settings) }
    #expect("\(error)".contains(message), "\(error)")
  }

  @Test(arguments: [[], [7], [-1], [0, 0]])
  func `tokens of another space are refused`(tokens: [Int]) throws {
    let error = try #require(throws: PluginError.self) {
      try space().network(tokens, in: search(["a"]))
    }
    #expect(error.message.contains("are not 1 tokens of 0 to 6"))
  }
}
