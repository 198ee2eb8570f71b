package import Detection
package import PluginKit

/// What a model is for: which loss and which boxes its outputs stand for.
package struct TaskSettings: Sendable, Hashable {
  /// The kind of task, by its name in recipes.
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    case yolov3
    case ssdFace = "ssd_face"
    case matchTeacher = "match_teacher"
  }

  package var kind: Kind
  /// Nil where the recipe does not say: the data's number then, or COCO's 80.
  package var classes: Int?
  /// Every option of the kind, defaults filled in.
  package var options: Settings

  package init(kind: Kind, classes: Int? = nil, options: Settings = Settings()) {
    self.kind = kind
    self.classes = classes
    self.options = options
  }
}

extension TaskSettings {
  /// Boxes below this score are dropped.
  package static let scoreThreshold = Parameter<Double>(
    "score_threshold",
    default: 0.01,
    in: 0...1,
    doc: "Boxes below this score are dropped."
  )
  /// Boxes of a class that overlap a better one by more than this are dropped.
  package static let nmsThreshold = Parameter<Double>(
    "nms_threshold",
    default: 0.45,
    in: 0...1,
    doc: "Boxes of a class that overlap a better one by more than this are dropped."
  )
  /// Boxes of a class that suppression looks at.
  package static let nmsTopK = Parameter<Int>(
    "nms_top_k",
    default: 1000,
    in: 1...1_000_000,
    doc: "Boxes of a class that suppression looks at."
  )
  /// Boxes that an image keeps.
  package static let keepTopK = Parameter<Int>(
    "keep_top_k",
    default: 100,
    in: 1...1_000_000,
    doc: "Boxes that an image keeps."
  )
  /// ``nmsThreshold`` with the default of faces.
  package static let faceNMSThreshold = Parameter<Double>(
    "nms_threshold",
    default: 0.3,
    in: 0...1,
    doc: "Faces that overlap a better one by more than this are dropped."
  )
  /// ``nmsTopK`` with the default of faces.
  package static let faceNMSTopK = Parameter<Int>(
    "nms_top_k",
    default: 5000,
    in: 1...1_000_000,
    doc: "Faces that suppression looks at."
  )
  /// ``keepTopK`` with the default of faces.
  package static let faceKeepTopK = Parameter<Int>(
    "keep_top_k",
    default: 750,
    in: 1...1_000_000,
    doc: "Faces that an image keeps."
  )
  /// Anchors of YOLOv3, width and height in turn, in pixels of the input.
  package static let anchors = Parameter<[Double]>(
    "anchors",
    default: [],
    elementsIn: 0.001...100_000,
    doc: "Width and height in turn, from small to large; none takes the nine of COCO."
  )
  /// How much a prediction overlaps a truth before its objectness is left alone.
  package static let ignoreThreshold = Parameter<Double>(
    "ignore_threshold",
    default: 0.7,
    in: 0...1,
    doc: "From this overlap with a truth on, a prediction's objectness is left alone."
  )
  /// Whether class targets are smoothed.
  package static let labelSmooth = Parameter<Bool>(
    "label_smooth",
    default: false,
    doc: "Whether class targets are smoothed."
  )
  /// Which of the two published forms of the loss is taken.
  package static let loss = Parameter<YOLOv3Options.LossKind>(
    "loss",
    default: .standard,
    doc: "Which of the two published forms of the loss is taken."
  )
  /// The teacher of `match_teacher`; the original model where none is named.
  package static let teacher = Parameter<String>(
    "teacher",
    default: "",
    doc: "An ONNX file; the model as it was before the first step if none."
  )

  /// The options of a kind of task.
  package static func specs(of kind: Kind) -> [ParameterSpec] {
    let boxes = [scoreThreshold.spec, nmsThreshold.spec, nmsTopK.spec, keepTopK.spec]
    return switch kind {
    case .yolov3: boxes + [anchors.spec, ignoreThreshold.spec, labelSmooth.spec, loss.spec]
    case .ssdFace:
      [scoreThreshold.spec, faceNMSThreshold.spec, faceNMSTopK.spec, faceKeepTopK.spec]
    case .matchTeacher: [teacher.spec]
    }
  }

  static func read(_ node: YAMLNode, file: String) throws(RecipeError) -> TaskSettings {
    var section = try RecipeSection(node, name: "'task'", key: "task", file: file)
    let type = try section.require("type")
    guard let kind = type.text.flatMap(Kind.init) else {
      let kinds = Kind.allCases.map { "'\($0.rawValue)'" }
      throw section.wrong("type", type, wanted: "one of \(kinds.joined(separator: ", "))")
    }
    var task = TaskSettings(kind: kind)
    task.classes = try section.int("classes", in: 1...100_000)
    task.options = try section.settings(specs(of: kind))
    try section.finish()
    return task
  }
}

extension YOLOv3Options.LossKind: ParameterChoice {}
