import Datasets
import PluginKit

extension TaskKind {
  /// Detectors that say a set of boxes, trained with labels.
  package static let detr = TaskKind(
    DETRTask.name,
    doc: "Training with labels of a DETR or RT-DETR in ONNX, from logits and boxes.",
    options: DETROptions.specs,
    preparation: { settings, network in
      try HeadParameters.preparation(
        settings,
        of: HeadParameters.kind(settings, network),
        network
      )
    }
  ) { settings, subject in
    try DETRTask(settings, subject)
  }
}

extension DETROptions {
  private static let loss = Parameter<String>(
    "loss",
    default: "auto",
    choices: ["auto"] + Loss.allCases.map(\.rawValue),
    doc:
      "How classes are learned; auto is softmax where the network has one class more than the data, else varifocal."
  )
  private static let classGain = gain("class_gain", 1, "classes")
  private static let boxGain = gain("box_gain", 5, "the distance of boxes (L1)")
  private static let overlapGain = gain("overlap_gain", 2, "what boxes miss of overlap (GIoU)")
  private static let emptyWeight = Parameter<Double>(
    "empty_weight",
    default: 0.1,
    in: 0.001...1,
    doc: "What a query that is no object counts, of a softmax."
  )

  private static func gain(_ name: String, _ value: Double, _ term: String) -> Parameter<Double> {
    Parameter(name, default: value, in: 0...1000, doc: "The factor of \(term) in the loss.")
  }

  fileprivate static let specs =
    [loss.spec, classGain.spec, boxGain.spec, overlapGain.spec, emptyWeight.spec]
    + [HeadParameters.head.spec, HeadParameters.background.spec] + HeadParameters.trained

  /// What settings of a recipe say.
  ///
  /// - Parameters:
  ///   - settings: that were checked.
  ///   - hasNone: whether the network has a class that is none.
  /// - Throws: what reading a setting throws.
  fileprivate init(_ settings: Settings, hasNone: Bool) throws {
    self.init()
    loss = Loss(rawValue: try settings[Self.loss]) ?? (hasNone ? .softmax : .varifocal)
    if let given = HeadOptions.Background(rawValue: try settings[HeadParameters.background]) {
      background = given
    }
    classGain = try settings[Self.classGain]
    boxGain = try settings[Self.boxGain]
    overlapGain = try settings[Self.overlapGain]
    emptyWeight = try settings[Self.emptyWeight]
  }
}

extension DETRTask {
  /// The task of a network that says boxes and classes of queries.
  ///
  /// - Throws: ``DetectionError`` for another network.
  fileprivate init(_ settings: Settings, _ subject: TaskSubject) throws {
    let network = try subject.required(by: Self.name)
    let kind = try HeadParameters.kind(settings, network)
    guard kind.name == Self.name else {
      throw DetectionError.unsupported(
        task: Self.name,
        "it trains networks with the head 'detr', and the head of this one is '\(kind.name)'"
      )
    }
    let detector = try DetectorTask(kind, settings, subject, network)
    let known = detector.classes?.count ?? detector.head.classes ?? subject.count
    let outputs = try DETROutputs(network, classes: known)
    self.init(
      detector,
      outputs,
      options: try DETROptions(settings, hasNone: outputs.count == known + 1),
      classes: LearnedClasses(detector.classes, data: subject.classNames)
    )
  }
}
