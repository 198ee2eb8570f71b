import Datasets
import PluginKit

extension TaskKind {
  /// YOLOv3's boxes by anchors, of any number of classes.
  package static let yolov3 = TaskKind(
    YOLOv3Task.name,
    doc: "YOLOv3's boxes by anchors, of any number of classes.",
    options: YOLOv3Options.specs,
    recognizes: YOLOv3Task.recognizes,
    preparation: { _, _ in ImagePreparation(normalization: .imageNet, interpolation: .cubic) }
  ) { settings, subject in
    try YOLOv3Task(options: YOLOv3Options(settings, classes: subject.count))
  }
}

extension YOLOv3Task {
  /// Whether a network has raw maps: by their names, or two or three of anchors x (5 + classes) channels, each twice as fine as another.
  fileprivate static func recognizes(_ network: NetworkInterface) -> Bool {
    if network.output("yolo_output.0") != nil { return true }
    guard let size = network.imageSize, (2...3).contains(network.outputs.count) else {
      return false
    }
    let maps = network.outputs.filter { output in
      guard output.rank == 4, let channels = output.size(1), let rows = output.size(2) else {
        return false
      }
      return channels > 15 && channels.isMultiple(of: 3)
        && [8, 16, 32].contains(size.height / max(1, rows))
    }
    return maps.count == network.outputs.count
      && Set(maps.map { $0.size(1) }).count == 1 && Set(maps.map { $0.size(2) }).count == maps.count
  }
}

extension YOLOv3Options {
  private static let boxes = SuppressionOptions(
    "Boxes",
    " of a class",
    overlap: 0.45,
    candidates: 1000,
    kept: 100
  )
  private static let sides = Parameter<[Double]>(
    "anchors",
    default: [],
    elementsIn: 0.001...100_000,
    doc: "Width and height in turn, from small to large; none takes the nine of COCO."
  )
  private static let ignoring = Parameter<Double>(
    "ignore_threshold",
    default: 0.7,
    in: 0...1,
    doc: "From this overlap with a truth on, a prediction's objectness is left alone."
  )
  private static let smoothing = Parameter<Bool>(
    "label_smooth",
    default: false,
    doc: "Whether class targets are smoothed."
  )
  private static let form = Parameter<LossKind>(
    "loss",
    default: .standard,
    doc: "Which of the two published forms of the loss is taken."
  )

  fileprivate static let specs =
    boxes.specs + [sides.spec, ignoring.spec, smoothing.spec, form.spec]

  /// The options that settings of a recipe say.
  ///
  /// - Throws: ``DetectionError/unsupported(task:_:)`` for an anchor with one side.
  fileprivate init(_ settings: Settings, classes: Int) throws {
    self.init(classes: classes)
    try Self.boxes.read(settings, score: &scoreThreshold, &suppression)
    ignoreThreshold = Float(try settings[Self.ignoring])
    smoothsLabels = try settings[Self.smoothing]
    loss = try settings[Self.form]
    let sides = try settings[Self.sides]
    guard sides.count.isMultiple(of: 2) else {
      throw DetectionError.unsupported(
        task: YOLOv3Task.name,
        "'anchors' has \(sides.count) numbers; each anchor has two"
      )
    }
    if !sides.isEmpty { setAnchors(sides) }
  }

  /// Anchors from small to large, a third for each map, the largest for the coarsest.
  private mutating func setAnchors(_ sides: [Double]) {
    anchors = stride(from: 0, to: sides.count, by: 2).map {
      Anchor(Float(sides[$0]), Float(sides[$0 + 1]))
    }
    let each = max(1, anchors.count / masks.count)
    masks = stride(from: anchors.count, to: 0, by: -each).map { Array(max(0, $0 - each)..<$0) }
  }
}

extension YOLOv3Options.LossKind: ParameterChoice {}
