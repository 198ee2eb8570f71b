import Datasets
package import Evaluation
package import Files
import Metrics

/// Boxes in the layout that WIDER FACE's tool takes: a file an image, `EVENT/NAME.txt`, with the name, the number of boxes, and rows
/// `left top width height score`.
package struct WiderFaceSubmission {
  /// The files' texts by their paths below the folder.
  package let files: [(path: String, text: String)]

  /// The boxes of records; widths and heights count the pixels of both edges.
  ///
  /// - Throws: ``EvaluationError`` for records of another kind.
  package init(_ evaluation: DetectionEvaluation, _ records: [ImageRecord]) throws {
    let last: Double = evaluation.metric.countsLastPixel ? 0 : 1
    var rows = [String](repeating: "", count: records.count)
    var counts = [Int](repeating: 0, count: records.count)
    for found in try evaluation.detections(records) {
      let box = found.box
      let sides = [box.x, box.y, box.width + last, box.height + last]
      rows[found.image] += sides.map { "\(Figures.fixed($0, 1)) " }.joined()
      rows[found.image] += "\(Figures.fixed(found.score, 3))\n"
      counts[found.image] += 1
    }
    files = evaluation.images.dataset.entries.indices.map { image in
      let path = evaluation.images.dataset.entries[image].path
      let event = FilePath.name(of: FilePath.folder(of: path))
      let name = FilePath.stem(of: path)
      return ("\(event)/\(name).txt", "\(name)\n\(counts[image])\n\(rows[image])")
    }
  }

  /// Writes the files.
  ///
  /// - Throws: `FileError`.
  package func write(to folder: String) throws(FileError) {
    for (path, text) in files {
      try Folder.make(FilePath.folder(of: "\(folder)/\(path)"))
      try File.write(Array(text.utf8), to: "\(folder)/\(path)")
    }
  }
}
