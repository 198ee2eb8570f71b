// A search space of small face detectors: residual blocks of a depthwise and a pointwise convolution in three stages. Its
// outputs are those of Espalier's task ssd_face: for strides 8 and 16 four numbers a prior and two scores, two priors a cell on
// stride 8 and six on stride 16.
import Architectures
public import PluginKit

struct NarrowFace: Strategy, SearchSpace {
  static let most = Parameter<Int>(
    "most_blocks",
    default: 3,
    in: 1...8,
    doc: "The most blocks of a stage."
  )

  static let description = StrategyDescription(
    id: "org.example.narrow-face",
    name: "Narrow face",
    version: "1.0.0",
    doc: "Face detectors of residual blocks.",
    parameters: [most.spec]
  )

  private static let widths = [8, 12, 16, 24, 32, 48, 64]
  private static let kernels = [3, 5]
  /// The priors of a cell, on strides 8 and 16.
  private static let priors = [2, 6]

  private let most: Int

  init(settings: Settings) throws(PluginError) { most = try settings[Self.most] }

  /// The channels and blocks of each stage, on strides 4, 8 and 16, then the side of all kernels.
  func dimensions(in context: any SearchContext) throws(PluginError) -> [SearchDimension] {
    (1...3).flatMap { stage in
      [
        SearchDimension("width \(stage)", values: Self.widths),
        SearchDimension("blocks \(stage)", 1...most),
      ]
    } + [SearchDimension("kernel", values: Self.kernels)]
  }

  func start(in context: any SearchContext) throws(PluginError) -> [Int] { [1, 1, 3, 1, 4, 1, 0] }

  /// Stages never get narrower: half the pixels leave room for more channels.
  func isFeasible(_ tokens: [Int], in context: any SearchContext) throws(PluginError) -> Bool {
    tokens[0] <= tokens[2] && tokens[2] <= tokens[4]
  }

  func network(
    _ tokens: [Int],
    in context: any SearchContext
  ) throws(PluginError) -> SearchedNetwork {
    let size = context.inputSize.map { ImageSize(height: $0.height, width: $0.width) }
    guard size?.fits(multipleOf: 16) ?? true else {
      throw PluginError(.invalidArgument, "the input's height and width must be multiples of 16")
    }
    let kernel = Self.kernels[tokens[6]]
    var net = GraphBuilder()
    var x = net.layer(.image, "stem", filters: Self.widths[tokens[0]], kernel: 3, stride: 2)
    var features: [GraphBuilder.Value] = []
    for stage in 1...3 {
      let width = Self.widths[tokens[2 * stage - 2]]
      for block in 1...tokens[2 * stage - 1] {
        let name = "stage\(stage).\(block)"
        x = self.block(x, name, width, kernel: kernel, halves: block == 1, in: &net)
      }
      if stage > 1 { features.append(x) }
    }
    var outputs: [GraphBuilder.Value] = []
    for (kind, numbers) in [("face_box", 4), ("face_score", 2)] {
      for (level, feature) in features.enumerated() {
        let filters = numbers * Self.priors[level]
        outputs.append(net.prediction(feature, "\(kind).\(level)", filters: filters, kernel: 3))
      }
    }
    let graph = net.graph(
      name: "narrow_face",
      outputs: outputs,
      size: size ?? ImageSize(128),
      weights: .seeded(context.seed)
    )
    return try .graph(graph)
  }

  /// A depthwise and a pointwise convolution beside a shortcut.
  private func block(
    _ x: GraphBuilder.Value,
    _ name: String,
    _ width: Int,
    kernel: Int,
    halves: Bool,
    in net: inout GraphBuilder
  ) -> GraphBuilder.Value {
    let stride = halves ? 2 : 1
    let looked = net.layer(
      x,
      "\(name).depthwise",
      filters: x.channels,
      kernel: kernel,
      stride: stride,
      groups: x.channels
    )
    let mixed = net.layer(
      looked,
      "\(name).pointwise",
      filters: width,
      kernel: 1,
      activation: .none
    )
    guard halves else { return net.joined(mixed, x, name) }
    let halved = net.halved(x, "\(name).pool")
    let shortcut = net.layer(
      halved,
      "\(name).shortcut",
      filters: width,
      kernel: 1,
      activation: .none
    )
    return net.joined(mixed, shortcut, name)
  }
}

let plugin = Plugin(
  id: "org.example.narrow-face",
  version: "1.0.0",
  vendor: "Example",
  strategies: [.space(NarrowFace.self)]
)

@c @implementation
public func esp_plugin_entry_v1(
  _ host: UnsafePointer<esp_host>
) -> UnsafePointer<esp_plugin>? {
  unsafe PluginExport.entry(host, plugin)
}
