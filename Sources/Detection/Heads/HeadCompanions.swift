import Datasets
import Graphs

/// What networks ask for beside images, known by the inputs' names.
struct HeadCompanions: Sendable, Hashable {
  /// What an input wants to know.
  enum Wish: Sendable, Hashable {
    /// Width and height that boxes are to be in pixels of.
    case size
    /// Height and width of the input.
    case shape
    /// By what images were scaled: 1, so that boxes are in pixels of the input.
    case scale
    /// The number of boxes that an image keeps.
    case kept
    /// From which overlap on a box goes.
    case overlap
    /// What a score must reach.
    case score
  }

  private static let names: [String: Wish] = [
    "orig_target_sizes": .size, "target_sizes": .size, "im_shape": .shape, "scale_factor": .scale,
    "max_output_boxes": .kept, "iou_threshold": .overlap, "score_threshold": .score,
  ]

  private struct Input: Sendable, Hashable {
    let name: String
    let isFloat: Bool
    let wish: Wish
  }

  private let inputs: [Input]
  /// The first input that is neither the image nor known.
  let stranger: String?

  init(_ network: NetworkInterface) {
    let others = network.inputs.filter { $0.name != network.image?.name }
    inputs = others.compactMap { input in
      Self.names[input.name].map {
        Input(
          name: input.name,
          isFloat: ![.int64, .int32].contains(input.element),
          wish: $0
        )
      }
    }
    stranger = others.first { Self.names[$0.name] == nil }?.name
  }

  /// Whether the network asks for something.
  func asks(_ wish: Wish) -> Bool { inputs.contains { $0.wish == wish } }

  /// The arrays for a batch.
  func arrays(images: Int, input: PixelSize) -> [String: Constant] {
    let (width, height) = (Float(input.width), Float(input.height))
    func rows(_ one: Float, _ two: Float, _ asked: Input) -> Constant {
      let values = (0..<images).flatMap { _ in [one, two] }
      guard !asked.isFloat else { return Constant(values, shape: [images, 2]) }
      return Constant(
        type: .int64,
        shape: [images, 2],
        bytes: Bytes(values.map { Int64($0) })
      )
    }
    var arrays: [String: Constant] = [:]
    for asked in inputs {
      arrays[asked.name] =
        switch asked.wish {
        case .size: rows(width, height, asked)
        case .shape: rows(height, width, asked)
        case .scale: rows(1, 1, asked)
        case .kept: Constant(scalar: 750)
        case .overlap: Constant([0.3], shape: [])
        case .score: Constant([0.01], shape: [])
        }
    }
    return arrays
  }
}
