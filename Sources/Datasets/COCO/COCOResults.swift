import CSimdJSON
package import Metrics

/// A COCO results file: what a detector found in the images of an annotation file.
package struct COCOResults: Sendable {
  /// In the file's order; `image` and `category` are places in the annotations' data set.
  package private(set) var detections: [DetectedBox] = []
  /// What was wrong with the file and what became of it.
  package private(set) var problems: [DataProblem] = []

  /// Results as the file has them, before their ids are looked up.
  package struct Unresolved: Sendable {
    let file: COCOFile

    /// Reads a results file; independent of the annotations, so that both can be read at once.
    ///
    /// - Throws: ``DataError`` for a file that cannot be opened or is no JSON list.
    package init(_ path: String) throws(DataError) {
      file = try COCOFile(path, as: .results)
    }
  }

  /// Looks the results' ids up.
  ///
  /// - Parameters:
  ///   - results: the file.
  ///   - annotations: what its ids refer to.
  ///   - faults: what becomes of results that cannot be used.
  /// - Throws: ``DataError`` where the policy is to refuse, or where none of the results can be used.
  package init(
    _ results: Unresolved,
    for annotations: COCOAnnotations,
    faults: FaultPolicy = .skip
  ) throws(DataError) {
    let file = results.file
    let references = COCOReferences(
      images: annotations.imageIDs,
      categories: annotations.categoryIDs,
      of: "the annotations' "
    )
    var problems = COCOProblems(file, faults)
    detections.reserveCapacity(file.rowCount)
    for index in 0..<file.rowCount {
      let row = file.row(index)
      guard
        let (image, category) = try references.places(
          of: row,
          in: file,
          needsScore: true,
          &problems
        )
      else { continue }
      detections.append(
        DetectedBox(
          image: image,
          category: category,
          box: Box(x: row.x, y: row.y, width: row.width, height: row.height),
          score: row.score
        )
      )
    }
    if detections.isEmpty, let first = problems.list.first {
      throw .empty(
        path: file.path,
        reason: "none of the \(file.rowCount) results can be used; the first: \(first.message)"
      )
    }
    self.problems = problems.list
  }
}
