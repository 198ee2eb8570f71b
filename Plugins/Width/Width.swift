import PluginKit

/// Narrower versions of the run's network: each block of channel groups has one of a few widths.
struct Width: Strategy, SearchSpace {
  private static let widths = Parameter<[Double]>(
    "widths",
    default: [0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1],
    elementsIn: 0.01...1,
    doc:
      "The shares of channels that a block may keep, separated by commas; a search begins with the largest."
  )
  private static let align = Parameter<Int>(
    "align",
    default: 1,
    in: 1...1024,
    doc: "Kept channels are rounded to a multiple of this, at least one; a width of 1 keeps all."
  )
  private static let blocks = Parameter<Blocks>(
    "blocks",
    default: .block,
    doc:
      "What has one width: each group, those whose names begin alike, those of one stride, or all."
  )
  private static let most = Parameter<Int>(
    "at_most",
    default: 0,
    in: 0...4096,
    doc:
      "At most so many dimensions: blocks with the fewest multiply-adds stay whole. 0 sets no limit."
  )
  private static let score = Parameter<String?>(
    "score",
    default: nil,
    doc: "The strategy whose scores choose the channels; by default the L1 norm."
  )

  static let description = StrategyDescription(
    id: "width",
    name: "Width",
    version: "1.0.0",
    doc: "Narrower versions of the run's network, which inherit its weights.",
    parameters: [
      widths.spec, align.spec, blocks.spec, most.spec, GroupSelection.include.spec,
      GroupSelection.exclude.spec, score.spec,
    ]
  )

  private let widths: [Double]
  private let align: Int
  private let blocks: Blocks
  private let most: Int
  private let selection: GroupSelection
  private let score: String?

  init(settings: Settings) throws(PluginError) {
    widths = try settings[Self.widths].sorted()
    align = try settings[Self.align]
    blocks = try settings[Self.blocks]
    most = try settings[Self.most]
    selection = try GroupSelection(settings: settings)
    score = try settings[Self.score]
    guard !widths.isEmpty else {
      throw PluginError(.invalidArgument, "\"widths\" is empty: list shares such as 0.5,0.75,1")
    }
    for (narrower, wider) in zip(widths, widths.dropFirst()) where narrower == wider {
      throw PluginError(.invalidArgument, "\"widths\" lists \(narrower) twice")
    }
  }

  func dimensions(in context: any SearchContext) throws(PluginError) -> [SearchDimension] {
    try chosen(in: context).map { SearchDimension($0.name, values: widths) }
  }

  func start(in context: any SearchContext) throws(PluginError) -> [Int] {
    try chosen(in: context).map { _ in widths.count - 1 }
  }

  func network(
    _ tokens: [Int],
    in context: any SearchContext
  ) throws(PluginError) -> SearchedNetwork {
    let blocks = try chosen(in: context)
    guard tokens.count == blocks.count, tokens.allSatisfy(widths.indices.contains) else {
      throw PluginError(
        .invalidArgument,
        "\(tokens) are not \(blocks.count) tokens of 0 to \(widths.count - 1)"
      )
    }
    var plan = PruningPlan(score: score)
    for (block, token) in zip(blocks, tokens) {
      for group in block.groups {
        let kept = kept(of: group.channels, width: widths[token])
        guard kept < group.channels else { continue }
        plan.cuts[group.name] = .ratio(Double(group.channels - kept) / Double(group.channels))
      }
    }
    return .cuts(plan)
  }

  /// How many of a group's channels stay: as many as a pruner leaves of the share, brought to a multiple of `align`.
  private func kept(of channels: Int, width: Double) -> Int {
    guard width < 1 else { return channels }
    let removed = (Double(channels) * (1 - width)).rounded(.toNearestOrEven)
    let multiples = (Double(channels) - removed) / Double(align)
    return min(channels, align * max(1, Int(multiples.rounded(.toNearestOrEven))))
  }

  /// The blocks that get a dimension.
  private func chosen(in context: any SearchContext) throws(PluginError) -> [Block] {
    guard let network = context.network else {
      throw PluginError(
        .invalidArgument,
        "this space narrows the run's network, and the run has none: name a model"
      )
    }
    guard try !network.groups.isEmpty else {
      throw PluginError(.notFound, "the network has no channel group that may be cut")
    }
    let groups = try selection.groups(of: network)
    guard !groups.isEmpty else {
      throw PluginError(.notFound, "\"exclude\" leaves none of the channel groups to choose from")
    }
    let blocks = blocks.blocks(of: groups)
    guard most > 0, blocks.count > most else { return blocks }
    // The first of equal ones: the choice depends on nothing but the network.
    let heaviest = blocks.indices.sorted { (blocks[$1].macs, $0) < (blocks[$0].macs, $1) }
    return heaviest.prefix(most).sorted().map { blocks[$0] }
  }
}
