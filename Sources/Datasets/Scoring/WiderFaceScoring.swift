internal import Files
package import Metrics

/// What WIDER FACE's score is computed from.
package struct WiderFaceScoring: Sendable {
  package private(set) var images: [WiderFaceImage] = []
  /// Whether the lists of easy, medium and hard faces were there; otherwise all valid faces are asked for.
  package let hasSubsets: Bool
  /// What was wrong with the files and what became of it.
  package private(set) var problems: [DataProblem] = []

  /// Reads the lists, and a folder of detections in the layout of the official submission: `event/name.txt` with the
  /// name, the number of faces, and rows `x y width height score`.
  ///
  /// - Parameters:
  ///   - truth: a folder with `wider_{easy,medium,hard}_val.mat` beside `wider_face_val.mat` or the text list; or the text list.
  ///   - detections: the folder of detections.
  ///   - faults: what becomes of images without a file and of rows that cannot be used.
  ///   - isPresentOnly: whether images without a file are left out, rather than counted as images without detections.
  /// - Throws: ``DataError``.
  package init(
    truth: String,
    detections: String,
    faults: FaultPolicy = .skip,
    isPresentOnly: Bool = false
  ) throws(DataError) {
    let lists = try WiderFaceLists(truth)
    hasSubsets = lists.hasSubsets
    guard Folder.exists(detections) else {
      throw .missing(path: detections, wanted: "a folder of detections, event/name.txt")
    }
    var log = ProblemLog(faults)
    var files = 0
    for image in lists.images {
      var entry = WiderFaceImage(faces: image.faces, asked: image.asked)
      let path = "\(detections)/\(image.name).txt"
      if File.isRegular(path) {
        files += 1
        try Self.read(path, into: &entry, &log)
      } else if isPresentOnly {
        continue
      } else {
        let text = "not there; the image counts as one without detections"
        try log.note(DataProblem(.missingAnnotation, path: path, message: text))
      }
      images.append(entry)
    }
    guard files > 0 else {
      throw .empty(
        path: detections,
        reason: "none of the \(images.count) images has a file; the first should be "
          + "\(lists.images.first?.name ?? "").txt"
      )
    }
    problems = log.problems
  }

  private static func read(
    _ path: String,
    into image: inout WiderFaceImage,
    _ log: inout ProblemLog
  ) throws(DataError) {
    let file = try TextRows(path, wanted: "detections")
    guard file.rows.count >= 2, file.rows[1].words.count == 1,
      let count = Int(file.rows[1].words[0])
    else {
      let text = "wanted the image's name, the number of faces and a row for each; left out"
      return try log.note(DataProblem(.brokenAnnotation, path: path, line: 2, message: text))
    }
    let rows = file.rows.dropFirst(2)
    if rows.count != count {
      let text = "\(count) faces are announced and \(rows.count) follow; those that follow count"
      try log.note(file.problem(.brokenAnnotation, file.rows[1], text))
    }
    for row in rows {
      guard row.words.count == 5, let side = row.numbers(from: 0) else {
        let text = "not 'x y width height score'; the row is left out"
        try log.note(file.problem(.brokenAnnotation, row, text))
        continue
      }
      image.found.append(Box(x: side[0], y: side[1], width: side[2], height: side[3]))
      image.scores.append(side[4])
    }
  }
}
