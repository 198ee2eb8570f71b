import Architectures
import Graphs
import PluginKit

/// Face detectors of BlazeBlocks: the space that the benchmark's BlazeFace-NAS was found in.
///
/// Nine tokens choose the channels of the first convolution, of single blocks, of double blocks on strides 8 and 16, of the
/// middles of the four double blocks, and the side of the kernels.
struct BlazeFaceSpace: Strategy, SearchSpace {
  private static let edition = Parameter<Edition>(
    "edition",
    default: .full,
    doc:
      "The benchmark's first edition of the space, or its later, smaller one with 3x3 kernels only."
  )
  private static let grouped = Parameter<Bool>(
    "grouped",
    default: false,
    doc:
      "Whether the second 5x5 convolution of double blocks is depthwise; it is not in the published networks."
  )
  private static let side = Parameter<Int?>(
    "input_size",
    default: nil,
    doc: "The images' height and width, a multiple of 16; by default those of the run, else 640."
  )

  static let description = StrategyDescription(
    id: "blazeface",
    name: "BlazeFace",
    version: "1.0.0",
    doc:
      "Face detectors of BlazeBlocks, among them the published BlazeFace-NAS, where a search begins.",
    parameters: [edition.spec, grouped.spec, side.spec]
  )

  private let edition: Edition
  private let isGrouped: Bool
  private let side: Int?

  init(settings: Settings) throws(PluginError) {
    edition = try settings[Self.edition]
    isGrouped = try settings[Self.grouped]
    side = try settings[Self.side]
    if let side, side < 16 || !side.isMultiple(of: 16) {
      throw PluginError(
        .invalidArgument,
        "\"input_size\" is \(side), but must be a multiple of 16, such as 640"
      )
    }
  }

  func dimensions(in context: any SearchContext) throws(PluginError) -> [SearchDimension] {
    var dimensions = [
      SearchDimension("first", values: edition.first),
      SearchDimension("single", values: edition.single),
    ]
    for place in 1...2 {
      dimensions.append(SearchDimension("double_\(place)", values: edition.double))
    }
    for place in 1...4 {
      dimensions.append(SearchDimension("middle_\(place)", values: edition.middle))
    }
    dimensions.append(SearchDimension("kernel", values: edition.kernel, isOrdered: false))
    return dimensions
  }

  /// The published BlazeFace-NAS; its 5×5 kernels are none of the small edition's, which begins with 3×3.
  func start(in context: any SearchContext) throws(PluginError) -> [Int] {
    [2, 1, 3, 8, 2, 1, 2, 1, edition.kernel.count - 1]
  }

  func network(
    _ tokens: [Int],
    in context: any SearchContext
  ) throws(PluginError) -> SearchedNetwork {
    if let classes = context.classes, classes != 1 {
      throw PluginError(
        .invalidArgument,
        "these networks find faces alone, but the run's task tells \(classes) classes apart"
      )
    }
    let dimensions = try dimensions(in: context)
    guard tokens.count == dimensions.count,
      zip(tokens, dimensions).allSatisfy({ $1.range.contains($0) })
    else {
      throw PluginError(.invalidArgument, "\(tokens) are not tokens of this space")
    }
    let single = edition.single[tokens[1]]
    let doubles = tokens[2...3].map { edition.double[$0] }
    let middles = tokens[4...7].map { edition.middle[$0] }
    let blocks = BlazeFace.Blocks(
      first: edition.first[tokens[0]],
      singles: [
        .init(edition.first[tokens[0]]), .init(single, stride: 2), .init(single),
      ],
      doubles: [
        .init(middles[0], doubles[0], stride: 2), .init(middles[1], doubles[0]),
        .init(middles[2], doubles[1], stride: 2), .init(middles[3], doubles[1]),
      ]
    )
    let net = BlazeFace(blocks, kernels: kernels(edition.kernel[tokens[8]]))
    let graph: Graph
    do throws(ArchitectureError) {
      graph = try net.graph(size: size(in: context), weights: .seeded(context.seed))
    } catch {
      throw PluginError(.invalidArgument, "\(error)")
    }
    return try .graph(graph)
  }

  private func kernels(_ side: Int) -> BlazeFace.Kernels {
    side == 3 ? .threeByThree : isGrouped ? .groupedFiveByFive : .fiveByFive
  }

  private func size(in context: any SearchContext) -> ImageSize {
    if let side { return ImageSize(side) }
    return context.inputSize.map { ImageSize(height: $0.height, width: $0.width) } ?? ImageSize(640)
  }
}
