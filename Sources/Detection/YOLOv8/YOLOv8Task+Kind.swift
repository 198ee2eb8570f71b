import Datasets
import PluginKit

extension TaskKind {
  /// Ultralytics' anchor-free detectors, trained with labels.
  package static let yolov8 = TaskKind(
    YOLOv8Task.name,
    doc:
      "Training with labels of a YOLOv8, 9, 11 or 12 in ONNX, whose boxes are the head's of that name.",
    options: YOLOv8Options.specs,
    preparation: { settings, network in
      try HeadParameters.preparation(settings, of: .yolov8, network)
    }
  ) { settings, subject in
    try YOLOv8Task(settings, subject)
  }
}

extension YOLOv8Options {
  private static let boxGain = gain("box_gain", 7.5, "what boxes miss of complete overlap (CIoU)")
  private static let classGain = gain("class_gain", 0.5, "the cross-entropy of classes")
  private static let distanceGain = gain(
    "distance_gain",
    1.5,
    "the cross-entropy of distances (DFL)"
  )
  private static let candidates = Parameter<Int>(
    "candidates",
    default: 10,
    in: 1...1000,
    doc: "How many cells a box takes at most (task-aligned assignment)."
  )

  private static func gain(_ name: String, _ value: Double, _ term: String) -> Parameter<Double> {
    Parameter(name, default: value, in: 0...1000, doc: "The factor of \(term) in the loss.")
  }

  fileprivate static let specs =
    [boxGain.spec, classGain.spec, distanceGain.spec, candidates.spec]
    + HeadParameters.trained + [HeadParameters.strides.spec]

  /// What settings of a recipe say.
  fileprivate init(_ settings: Settings) throws {
    self.init()
    boxGain = try settings[Self.boxGain]
    classGain = try settings[Self.classGain]
    distanceGain = try settings[Self.distanceGain]
    candidates = try settings[Self.candidates]
    strides = try settings[HeadParameters.strides]
  }
}

extension HeadParameters {
  /// Those of tasks that train a head that they know.
  static let trained = [
    confidence.spec, overlap.spec, kept.spec, agnostic.spec, multiLabel.spec, clip.spec,
    names.spec, fit.spec, fill.spec,
  ]
}

extension YOLOv8Task {
  /// The task of a network that has the head.
  ///
  /// - Throws: ``DetectionError`` for a network that has another, or says more than boxes and classes.
  fileprivate init(_ settings: Settings, _ subject: TaskSubject) throws {
    let network = try subject.required(by: Self.name)
    if case .misses(let reason, _) = HeadKind.yolov8.match(network) {
      let other = (try? HeadKind.recognized(network))?.kind.name
      throw DetectionError.unsupported(
        task: Self.name,
        "it trains networks with the head 'yolov8', and this one has not: \(reason)"
          + (other.map { " (its head is '\($0)')" } ?? "")
      )
    }
    detector = try DetectorTask(.yolov8, settings, subject, network)
    guard let head = detector.head as? YOLOv8Head, let shown = network.output(head.output) else {
      throw DetectionError.unsupported(task: Self.name, "the head is none of 'yolov8'")
    }
    if let channels = shown.size(1), let classes = head.classes, channels != 4 + classes {
      throw DetectionError.unsupported(
        task: Self.name,
        channels < 4 + classes
          ? "'\(shown.name)' has \(channels) channels, too few for 4 numbers and \(classes) classes"
          : "'\(shown.name)' has \(channels - 4 - classes) channels behind 4 numbers and \(classes) classes, of masks "
            + "or points, which have no loss here and would be lost; take task match_teacher"
      )
    }
    output = head.output
    options = try YOLOv8Options(settings)
    classes = LearnedClasses(detector.classes, data: subject.classNames)
  }
}
