import Datasets
import Graphs
import PluginKit

/// What a recipe may say of a head; what it leaves out is the head's own, or read from the file.
package struct HeadOptions: Sendable, Hashable {
  /// The names of the network's classes, in order.
  package var names: [String] = []
  /// Pixels of the input for a cell, map after map.
  package var strides: [Int] = []
  /// Where a cell's point lies in it, in cells.
  package var offset: Double?
  /// How scores are made of what the network says.
  package var activation: Activation?
  /// Which class is none.
  package var background: Background?
  /// The number of classes.
  package var classes: Int?
  /// The number of classes that the data have, by which a class that is none is told.
  package var expected: Int?

  /// How scores are made.
  package enum Activation: String, ParameterChoice { case none, sigmoid, softmax }
  /// Which column of scores is no class of the data.
  package enum Background: String, ParameterChoice { case none, first, last }

  package init() {}
}

/// The parameters of a recipe for tasks that have a head.
enum HeadParameters {
  static let head = Parameter<String>(
    "head",
    default: "auto",
    choices: ["auto"] + HeadKind.all.map(\.name),
    doc: "How outputs are read; auto finds it by their names and shapes."
  )
  static let confidence = Parameter<Double?>(
    "conf",
    default: nil,
    doc: "Boxes of no higher score are dropped; the head's own if not set, mostly 0.001."
  )
  static let overlap = Parameter<Double?>(
    "iou",
    default: nil,
    doc:
      "Boxes that overlap a better one by more than this are dropped; the head's own if not set, mostly 0.7."
  )
  static let kept = Parameter<Int?>(
    "max_det",
    default: nil,
    doc: "Boxes that an image keeps; the head's own if not set, mostly 300."
  )
  static let agnostic = Parameter<Bool>(
    "agnostic",
    default: false,
    doc: "Whether boxes of different classes suppress each other."
  )
  static let multiLabel = Parameter<Bool?>(
    "multi_label",
    default: nil,
    doc:
      "Whether a box counts in every class whose score is high enough, or in its best one alone; the head's own if not set, mostly every one."
  )
  static let clip = Parameter<Bool>(
    "clip",
    default: false,
    doc: "Whether boxes end at the image's edges; validation by today's tools leaves them."
  )
  static let names = Parameter<[String]>(
    "names",
    default: [],
    doc:
      "The names of the network's classes in order; the file's if none, by which they are matched with the data's."
  )
  static let strides = Parameter<[Int]>(
    "strides",
    default: [],
    elementsIn: 1...4096,
    doc: "Pixels of the input for a cell, map after map; found by the outputs' sizes if none."
  )
  static let offset = Parameter<Double?>(
    "offset",
    default: nil,
    doc: "Where a cell's point lies in it, in cells; the head's own if not set."
  )
  static let activation = Parameter<String>(
    "activation",
    default: "auto",
    choices: ["auto"] + HeadOptions.Activation.allCases.map(\.rawValue),
    doc: "How scores are made of the outputs; auto sees it in the network."
  )
  static let background = Parameter<String>(
    "background",
    default: "auto",
    choices: ["auto"] + HeadOptions.Background.allCases.map(\.rawValue),
    doc: "Which column of scores is no class; auto is the head's own."
  )
  static let fit = Parameter<String>(
    "fit",
    default: "auto",
    choices: ["auto"] + ImagePreparation.Fit.allCases.map(\.rawValue),
    doc: "How images are brought to the input's size; auto is the head's own."
  )
  static let fill = Parameter<Int?>(
    "fill",
    default: nil,
    doc: "The grey that fills what a letterbox leaves; the head's own if not set, mostly 114."
  )

  static let specs = [
    head.spec, confidence.spec, overlap.spec, kept.spec, agnostic.spec, multiLabel.spec, clip.spec,
    names.spec,
    strides.spec, offset.spec, activation.spec, background.spec, fit.spec, fill.spec,
  ]

  /// What settings say of a head.
  static func options(_ settings: Settings, classes: Int?) throws -> HeadOptions {
    var options = HeadOptions()
    options.names = try settings[names]
    options.strides = try settings[strides]
    options.offset = try bounded(settings, offset, 0...1)
    options.activation = HeadOptions.Activation(rawValue: try settings[activation])
    options.background = HeadOptions.Background(rawValue: try settings[background])
    options.classes = classes
    return options
  }

  /// A head's selection with what settings say otherwise.
  static func selection(_ settings: Settings, of kind: HeadKind) throws -> BoxSelection {
    var selection = kind.selection
    if let given = try bounded(settings, confidence, 0...1) { selection.confidence = Float(given) }
    if let given = try bounded(settings, overlap, 0...1) { selection.overlap = Float(given) }
    if let given = try bounded(settings, kept, 1...1_000_000) { selection.kept = given }
    selection.isAgnostic = try settings[agnostic]
    if let given = try settings[multiLabel] { selection.isMultiLabel = given }
    return selection
  }

  /// A head's preparation of images with what settings say otherwise.
  static func preparation(
    _ settings: Settings,
    of kind: HeadKind,
    _ network: NetworkInterface
  ) throws -> ImagePreparation {
    var preparation = kind.preparation(network)
    if let given = ImagePreparation.Fit(rawValue: try settings[fit]) { preparation.fit = given }
    if let given = try bounded(settings, fill, 0...255) { preparation.fill = UInt8(given) }
    return preparation
  }

  private static func bounded<Value: Comparable & ParameterConvertible>(
    _ settings: Settings,
    _ parameter: Parameter<Value?>,
    _ range: ClosedRange<Value>
  ) throws -> Value? {
    guard let value = try settings[parameter] else { return nil }
    guard range.contains(value) else {
      throw DetectionError.unsupported(
        task: DetectorTask.name,
        "'\(parameter.spec.name)' is \(value); it lies from \(range.lowerBound) to \(range.upperBound)"
      )
    }
    return value
  }

  /// The head that settings name, or that a network shows.
  static func kind(_ settings: Settings, _ network: NetworkInterface) throws -> HeadKind {
    let name = try settings[head]
    guard let kind = HeadKind(rawValue: name) else { return try HeadKind.recognized(network).kind }
    return kind
  }
}
