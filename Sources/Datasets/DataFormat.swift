internal import Graphs

/// A layout of data sets, and all that is asked of it.
///
/// Adding a format is adding a value, beside the code that reads it, and its name to ``all``.
package struct DataFormat: Listed {
  /// How a data set's folder is known.
  package struct Layout: Sendable {
    /// What the folder has, for messages.
    package var landmarks: String
    package var isThere: @Sendable (_ root: String) -> Bool

    package init(_ landmarks: String, isThere: @escaping @Sendable (_ root: String) -> Bool) {
      self.landmarks = landmarks
      self.isThere = isThere
    }
  }

  package let name: String
  /// What help says of it, in a sentence.
  package let doc: String
  /// Nil where a folder of anything has the format.
  package let layout: Layout?
  /// Whether images come with boxes; else none is left out for having no box.
  package let isLabelled: Bool
  /// The metric that the format's own benchmark uses; images without labels have none of their own.
  package let metric: DetectionMetric
  /// Whether boxes end at their last pixel for training, as PaddleDetection 0.2 has it for the format.
  package let trainsToLastPixel: Bool
  /// The list that is trained on where a recipe names none; nil where one must be named.
  package let wholeList: String?
  /// The lists of a folder; an error where it has none.
  package let lists: @Sendable (_ root: String) throws(DataError) -> [String]
  /// Reads a list.
  package let read: @Sendable (DataPart) throws(DataError) -> Dataset

  package init(
    _ name: String,
    doc: String,
    layout: Layout? = nil,
    isLabelled: Bool = true,
    metric: DetectionMetric,
    trainsToLastPixel: Bool = false,
    wholeList: String? = nil,
    lists: @escaping @Sendable (_ root: String) throws(DataError) -> [String],
    read: @escaping @Sendable (DataPart) throws(DataError) -> Dataset
  ) {
    self.name = name
    self.doc = doc
    self.layout = layout
    self.isLabelled = isLabelled
    self.metric = metric
    self.trainsToLastPixel = trainsToLastPixel
    self.wholeList = wholeList
    self.lists = lists
    self.read = read
  }
}

extension DataFormat {
  /// The formats that there are; a folder is taken for the first whose landmarks it has.
  package static let all: [DataFormat] = [.voc, .wider, .coco, .yolo, .images]

  /// The format of a folder, by its landmarks.
  ///
  /// - Throws: ``DataError/missing(path:wanted:)`` where it has those of none.
  package static func detected(in root: String) throws(DataError) -> DataFormat {
    if let format = all.first(where: { $0.layout?.isThere(root) == true }) { return format }
    let known = all.compactMap { format in format.layout.map { "\($0.landmarks) (\(format))" } }
    throw .missing(path: root, wanted: "\(alternatives(known)); --format names the layout")
  }
}
