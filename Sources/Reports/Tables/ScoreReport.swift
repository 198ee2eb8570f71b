package import Datasets
package import Metrics

/// The figures of one scoring, whatever the protocol.
package struct ScoreReport {
  /// One class and its figures, in the order of the report's.
  package struct Row {
    package var name: String
    /// Objects that count.
    package var objects: Int
    /// nil where no object counts.
    package var values: [Double?]
  }

  /// The protocol's name, as the verb has it.
  package let metric: String
  /// How the figures were taken, as a sentence.
  package let rules: String
  /// The figures' names; the first is the one that the metric is known by.
  package let names: [String]
  /// nil where no object counts.
  package let values: [Double?]
  /// The classes; for WIDER FACE its subsets of faces.
  package let rows: [Row]
  /// The names of a row's figures.
  package let rowNames: [String]
  /// The places of those that the table of rows shows; without any there is no table.
  package let shown: [Int]
  package let images: Int
  package let truths: Int
  package let detections: Int
  package let problems: [DataProblem]
}

extension ScoreReport {
  /// COCO's twelve figures.
  package init(_ result: COCOResult, _ input: ScoringInput) {
    metric = "coco"
    rules =
      "COCO's rules for boxes: IoU 0.50 to 0.95, areas below 32², below 96² and above, at most 100 an image"
    names = COCOFigures.names
    values = result.overall.values.map { $0 < 0 ? nil : $0 }
    let counts = Self.counts(input) { !$0.isCrowd }
    rows = zip(input.classes, result.perClass).enumerated().map { index, part in
      Row(
        name: part.0,
        objects: counts[index],
        values: part.1.values.map { $0 < 0 ? nil : $0 }
      )
    }
    rowNames = names
    // The six of precision, and recall with most detections.
    shown = [0, 1, 2, 3, 4, 5, 8]
    (images, truths, detections) = Self.sizes(input)
    problems = input.problems
  }

  /// Pascal VOC's mean average precision.
  package init(_ result: VOCResult, _ input: ScoringInput, threshold: Double) {
    metric = "voc"
    let mode = result.mode.rawValue
    rules = "Pascal VOC's rules: mode \(mode), IoU above \(threshold), edges are pixels of the box"
    names = ["mAP"]
    values = [result.mean]
    rows = zip(input.classes, result.perClass).map { name, part in
      Row(name: name, objects: part.asked, values: [part.ap])
    }
    rowNames = ["AP"]
    shown = [0]
    (images, truths, detections) = Self.sizes(input)
    problems = input.problems
  }

  /// WIDER FACE's figures.
  package init(_ result: WiderFaceAP, _ input: WiderFaceScoring) {
    metric = "wider"
    rules =
      input.hasSubsets
      ? "WIDER FACE's protocol: IoU of at least 0.5, 1000 thresholds"
      : "WIDER FACE's protocol over all valid faces; the lists of easy, medium and hard faces were not given"
    names = input.hasSubsets ? WiderFaceSubset.allCases.map(\.name) : ["all"]
    values = result.values.prefix(names.count).map(\.self)
    rows = zip(names, zip(result.faces, result.values)).map {
      Row(name: $0, objects: $1.0, values: [$1.1])
    }
    rowNames = ["AP"]
    // The figures are the subsets' already.
    shown = []
    images = input.images.count
    truths = input.images.reduce(0) { $0 + $1.faces.count }
    detections = input.images.reduce(0) { $0 + $1.found.count }
    problems = input.problems
  }

  private static func counts(_ input: ScoringInput, _ counts: (TrueBox) -> Bool) -> [Int] {
    var result = [Int](repeating: 0, count: input.classes.count)
    for truth in input.truths where counts(truth) { result[truth.category] += 1 }
    return result
  }

  private static func sizes(_ input: ScoringInput) -> (Int, Int, Int) {
    (input.images.count, input.truths.count, input.detections.count)
  }
}
