package import Datasets
package import Graphs
package import Tensors

/// What a detector's outputs say, before non-maximum suppression.
///
/// Adding a head is adding a file with a conformance and its ``HeadKind``, and its name to ``HeadKind/all``.
package protocol Head: Sendable {
  /// The number of classes that it scores, where the outputs' shapes say it.
  var classes: Int? { get }

  /// The boxes of each image of a batch, in pixels of the network's input.
  ///
  /// - Parameters:
  ///   - outputs: the network's.
  ///   - input: the size of the network's input.
  /// - Returns: one an image, in order.
  /// - Throws: ``DetectionError`` for an output that is missing or has another shape.
  func rows(_ outputs: HeadOutputs, _ input: PixelSize) throws -> [HeadRows]

  /// Which parts of the outputs mean boxes and scores, so that a teacher's are weighed for that; none compares whole outputs.
  var matchedRows: [MatchedRows] { get }

  /// What the network wants beside its images, such as their sizes.
  ///
  /// - Parameters:
  ///   - images: how many.
  ///   - input: the size of the network's input, which boxes are then in pixels of.
  /// - Returns: arrays by the inputs' names; most networks want none.
  func companions(images: Int, input: PixelSize) -> [String: Constant]
}

extension Head {
  package var matchedRows: [MatchedRows] { [] }

  package func companions(images: Int, input: PixelSize) -> [String: Constant] { [:] }
}

/// The boxes of one image as a head reads them, none dropped yet.
package struct HeadRows: Sendable, Hashable {
  /// What boxes score.
  package enum Scores: Sendable, Hashable {
    /// Each box in each class: of box `b` in class `c` the value at `b * boxStep + c * classStep`.
    case table([Float], classes: Int, boxStep: Int, classStep: Int)
    /// Each box in one class.
    case labels([Int], [Float])
  }

  /// In pixels of the network's input.
  package var boxes: [Suppression.Corners]
  package var scores: Scores

  package init(boxes: [Suppression.Corners], scores: Scores) {
    self.boxes = boxes
    self.scores = scores
  }

  /// Boxes with a score in each class, box after box.
  package init(boxes: [Suppression.Corners], scores: [Float], classes: Int) {
    self.init(
      boxes: boxes,
      scores: .table(scores, classes: classes, boxStep: classes, classStep: 1)
    )
  }

  /// Boxes of one class each.
  package init(boxes: [Suppression.Corners], labels: [Int], scores: [Float]) {
    self.init(boxes: boxes, scores: .labels(labels, scores))
  }
}

/// A network's outputs as a head asks for them.
package struct HeadOutputs: Sendable {
  /// The number of images.
  package let images: Int
  private let table: [String: Tensor]
  private let head: String

  package init(_ outputs: [String: Tensor], images: Int, head: String) {
    table = outputs
    self.images = images
    self.head = head
  }

  /// An output's values and sizes; of whole numbers as floats.
  package struct Values: Sendable {
    package let name: String
    package let sizes: [Int]
    package let values: [Float]

    /// The part of an image, where the first axis is images.
    package func image(_ index: Int) -> ArraySlice<Float> {
      let each = values.count / max(1, sizes[0])
      return values[index * each..<(index + 1) * each]
    }
  }

  /// The values of an output of any sizes.
  ///
  /// - Throws: ``DetectionError/outputs(task:_:)`` for an output that is missing.
  package func values(_ name: String) throws -> Values {
    guard let tensor = table[name] else {
      let names = table.keys.sorted().map { "'\($0)'" }.joined(separator: ", ")
      throw DetectionError.outputs(task: head, "there is no output '\(name)'; there are \(names)")
    }
    return Values(
      name: name,
      sizes: tensor.shape,
      values: try tensor.detached().converted(to: .float32).floats()
    )
  }

  /// The values of an output of known sizes.
  ///
  /// - Parameters:
  ///   - name: of the output.
  ///   - wanted: its sizes, nil for one that may be any.
  /// - Returns: the values.
  /// - Throws: ``DetectionError/outputs(task:_:)`` for an output that is missing or has other sizes.
  package func values(_ name: String, _ wanted: [Int?]) throws -> Values {
    let found = try values(name)
    let fits =
      found.sizes.count == wanted.count
      && zip(found.sizes, wanted).allSatisfy { found, wanted in wanted.map { $0 == found } ?? true }
    guard fits else {
      throw misfit(found, wanted.map { $0.map(String.init) ?? "?" }.joined(separator: "x"))
    }
    return found
  }

  /// An output of other sizes than a head reads.
  func misfit(_ found: Values, _ wanted: String) -> DetectionError {
    let text = found.sizes.map(String.init).joined(separator: "x")
    return .outputs(task: head, "output '\(found.name)' is \(text), wanted \(wanted)")
  }
}
