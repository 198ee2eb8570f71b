import Datasets
import Tensors

/// Single-shot detectors: scores of boxes in classes, the first of which is none, and boxes beside priors or decoded of them.
struct SSDHead: Head {
  /// How the four numbers of a box are read.
  enum Boxes: Sendable, Hashable {
    /// Corners in shares of the input.
    case corners
    /// Beside priors, which the input's size decides.
    case encoded(PriorKind)
  }

  /// Which priors a network has.
  enum PriorKind: Sendable, Hashable {
    /// Those of the design at 300 pixels that has as many.
    case known
    /// Squares of these sides for each cell of maps.
    case squares(strides: [Int], sides: [[Float]], clamps: Bool)

    func priors(_ count: Int, _ input: PixelSize) -> PriorBoxes? {
      switch self {
      case .known: PriorBoxes.known(count, input)
      case .squares(let strides, let sides, let clamps):
        PriorBoxes(input, strides: strides, sides: sides, clamps: clamps)
      }
    }
  }

  /// The name of its kind, for messages.
  let head: String
  let scores: String
  let boxes: String
  let form: Boxes
  /// The number of classes, none not counted.
  let classes: Int?
  private let scored: Int
  let activation: HeadOptions.Activation
  let background: HeadOptions.Background

  init(
    head: String,
    scores: String,
    boxes: String,
    form: Boxes,
    columns: Int,
    activation: HeadOptions.Activation,
    background: HeadOptions.Background = .first
  ) {
    self.head = head
    self.scores = scores
    self.boxes = boxes
    self.form = form
    scored = columns
    classes = background == .none ? columns : columns - 1
    self.activation = activation
    self.background = background
  }

  func rows(_ outputs: HeadOutputs, _ input: PixelSize) throws -> [HeadRows] {
    let scores = try outputs.table(scores, columns: scored)
    let boxes = try outputs.table(boxes, columns: 4)
    guard scores.rows == boxes.rows else {
      throw DetectionError.outputs(
        task: head,
        "there are \(boxes.rows) boxes and scores of \(scores.rows)"
      )
    }
    let priors = try priors(boxes.rows, input)
    return (0..<outputs.images).map { image in
      let corners = (0..<boxes.rows).map { row in
        self.corners(boxes.four(image, row), priors?[row], input)
      }
      let shaped = activation.applied(to: Array(scores.image(image)), columns: scored)
      let skipped = background == .first ? 1 : 0
      let known = Array(shaped.dropFirst(skipped))
      return HeadRows(
        boxes: corners,
        // Steps of a row skip the class that is none; the last row ends before it would.
        scores: .table(
          known,
          classes: background == .none ? scored : scored - 1,
          boxStep: scored,
          classStep: 1
        )
      )
    }
  }

  private func priors(_ count: Int, _ input: PixelSize) throws -> [PriorBoxes.Prior]? {
    guard case .encoded(let kind) = form else { return nil }
    guard let priors = kind.priors(count, input)?.all, priors.count == count else {
      throw DetectionError.outputs(
        task: head,
        "'\(boxes)' has \(count) boxes; its priors are not those of an input of \(input.width)x\(input.height)"
      )
    }
    return priors
  }

  private func corners(
    _ four: (Float, Float, Float, Float),
    _ prior: PriorBoxes.Prior?,
    _ input: PixelSize
  ) -> Suppression.Corners {
    if let prior { return PriorBoxes.decoded(four, prior, in: input) }
    let (width, height) = (Float(input.width), Float(input.height))
    return Suppression.Corners(
      left: four.0 * width,
      top: four.1 * height,
      right: four.2 * width,
      bottom: four.3 * height
    )
  }
}

extension HeadKind {
  /// SSD.
  package static let ssd = HeadKind(
    "ssd",
    doc:
      "Scores with a first class that is none, and boxes in shares or beside priors (SSD300 on VGG-16 and on MobileNet).",
    preparation: { _ in .halves(127) },
    selection: BoxSelection(confidence: 0.01, overlap: 0.45, kept: 200),
    match: { network in
      guard let (scores, boxes) = pair(network) else {
        return .misses(
          "no two outputs are images x boxes x (1 + classes) and images x boxes x 4",
          marks: network.outputs.contains { $0.columns == 4 } ? 1 : 0
        )
      }
      let isDecoded = network.has(.exponential, before: boxes)
      let priors = boxes.rows.flatMap { rows in
        network.imageSize.flatMap { PriorBoxes.known(rows, $0) }
      }
      guard isDecoded || priors != nil else {
        return .misses(
          "\(boxes.name) (\(boxes.shape)) is beside priors, and no known design has as many at this size",
          marks: 2
        )
      }
      return .fits(
        "\(scores.name) is \(scores.shape), the first class none; \(boxes.name) is \(boxes.shape), "
          + (isDecoded ? "corners in shares" : "beside the priors of SSD at 300 pixels")
      )
    }
  ) { network, options in
    guard let (scores, boxes) = pair(network), let columns = scores.columns, columns > 1 else {
      throw DetectionError.outputs(
        task: "ssd",
        "no two outputs are boxes x (1 + classes) and boxes x 4: \(network.outputText)"
      )
    }
    return SSDHead(
      head: "ssd",
      scores: scores.name,
      boxes: boxes.name,
      form: network.has(.exponential, before: boxes) ? .corners : .encoded(.known),
      columns: columns,
      activation: options.activation ?? network.activation(of: scores, else: .softmax),
      background: options.background ?? .first
    )
  }

  /// The outputs of scores and of boxes, of as many rows.
  private static func pair(
    _ network: NetworkInterface
  ) -> (scores: NetworkInterface.Value, boxes: NetworkInterface.Value)? {
    let fours = network.outputs.filter { $0.columns == 4 }
    let boxes = fours.count == 1 ? fours[0] : fours.first { $0.name.lowercased().contains("box") }
    guard let boxes, boxes.rows != nil else { return nil }
    let scores = network.outputs.first {
      $0.name != boxes.name && $0.rows == boxes.rows && ($0.columns ?? 0) > 1
    }
    return scores.map { ($0, boxes) }
  }
}

extension ImagePreparation {
  /// Bytes less about half of what they can be, over 128, stretched.
  static func halves(_ mean: Double, fit: Fit = .stretch, fill: UInt8 = 114) -> ImagePreparation {
    ImagePreparation(
      normalization: Normalization(
        divisor: 1,
        mean: [mean, mean, mean],
        deviation: [128, 128, 128]
      ),
      fit: fit,
      fill: fill
    )
  }
}

extension BoxSelection {
  /// Of faces: one class, many in a picture.
  static func faces(overlap: Float) -> BoxSelection {
    BoxSelection(confidence: 0.01, overlap: overlap, kept: 750)
  }
}
