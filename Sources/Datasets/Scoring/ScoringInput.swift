package import Metrics

/// What a score is computed from: objects and detections over the same images and classes.
package struct ScoringInput: Sendable {
  /// Class names; boxes name places in it.
  package var classes: [String]
  /// The names of the images.
  package var images: [String]
  package var truths: [TrueBox]
  package var detections: [DetectedBox]
  /// What was wrong with the files and what became of it.
  package var problems: [DataProblem]

  /// COCO: an annotation file and a results file, read at the same time.
  ///
  /// - Throws: ``DataError``.
  package static func coco(
    truth: String,
    detections: String,
    faults: FaultPolicy = .skip
  ) throws(DataError) -> ScoringInput {
    let (annotations, results) = concurrentPair(
      {
        Result { () throws(DataError) in
          try COCOAnnotations(truth, for: .scoring, faults: faults)
        }
      },
      { Result { () throws(DataError) in try COCOResults.Unresolved(detections) } }
    )
    let truths = try annotations.get()
    let found = try COCOResults(try results.get(), for: truths, faults: faults)
    return ScoringInput(
      classes: truths.dataset.classes,
      images: truths.dataset.entries.map(\.id),
      truths: truths.dataset.truths,
      detections: found.detections,
      problems: truths.dataset.problems + found.problems
    )
  }
}
