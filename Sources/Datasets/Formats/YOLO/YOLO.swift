internal import Files
internal import Metrics

/// Ultralytics' text format: an image in `images/`, a row `class x y width height` for each of its boxes in `labels/`.
package enum YOLO {
  /// The file of an image's boxes: the last `images` among its folders is `labels`, its ending `.txt`.
  package static func labelFile(of image: String) -> String {
    // So that a path that begins with the folder has its stroke too.
    let isAbsolute = image.hasPrefix("/")
    var path = isAbsolute ? image : "/" + image
    if let last = path.ranges(of: "/images/").last { path.replaceSubrange(last, with: "/labels/") }
    let folder = FilePath.folder(of: path)
    let file = (folder == "/" ? "" : folder) + "/" + FilePath.stem(of: path) + ".txt"
    return isAbsolute ? file : String(file.dropFirst())
  }

  /// Reads a list of a folder or of a `data.yaml`.
  ///
  /// - Parameter part: `root` is the folder or the file.
  /// - Returns: the images in the order of the list.
  /// - Throws: ``DataError``.
  package static func read(_ part: DataPart) throws(DataError) -> Dataset {
    let description = try Description(part.root)
    let (images, notes) = try images(part, description)
    var log = ProblemLog(part.policy)
    for problem in images.problems { try log.note(problem) }
    let classes = try classes(part.classes, description)
    let found = Reader(classes: classes.count).read(images.paths)
    var entries: [Dataset.Entry] = []
    for (entry, problems) in found {
      for problem in problems { try log.note(problem) }
      guard var entry else { continue }
      for object in entry.objects.indices { entry.objects[object].image = entries.count }
      entries.append(entry)
    }
    guard !entries.isEmpty else {
      throw .empty(
        path: "\(part.root) (\(part.list))",
        reason: "no image is left to use; \(log.problems.count) problems were found"
          + (log.problems.first.map { ", the first: \($0)" } ?? "")
      )
    }
    return Dataset(
      classes: classes,
      entries: named(entries),
      problems: log.problems,
      notes: description.notes + notes,
      edges: .behind
    )
  }

  /// The images of a list, or what falls to a part of a folder without lists.
  private static func images(
    _ part: DataPart,
    _ description: Description
  ) throws(DataError) -> (images: Images, notes: [String]) {
    let images = try Images(part.list, of: description)
    guard description.lists.isEmpty, let list = images.wholePart else { return (images, []) }
    let stems = images.paths.map(FilePath.stem)
    let (places, note) = try part.splitting.places(stems, in: list, of: part.root)
    var chosen = images
    chosen.paths = places.map { images.paths[$0] }
    return (chosen, note.map { [$0] } ?? [])
  }

  /// The names that are given or described; else as many as the labels have, as Ultralytics names them.
  private static func classes(
    _ given: [String]?,
    _ description: Description
  ) throws(DataError) -> [String] {
    if let known = description.classes {
      guard given == nil || given == known else {
        throw .classes(path: description.file ?? description.root, known)
      }
      return known
    }
    if let given { return given }
    var greatest = -1
    for list in description.lists.isEmpty ? [SeededSplit.whole] : description.lists.map(\.name) {
      for image in (try? Images(list, of: description))?.paths ?? [] {
        guard let rows = try? Labels.rows(labelFile(of: image)) else { continue }
        greatest = rows.reduce(greatest) { max($0, $1.category) }
      }
    }
    // A class of a damaged file is no reason for a million names.
    return (0..<min(greatest + 1, 10_000)).map { "class_\($0)" }
  }

  /// Images by their names; where two share one, by their paths behind the last `images`.
  private static func named(_ entries: [Dataset.Entry]) -> [Dataset.Entry] {
    let counts = entries.reduce(into: [String: Int]()) { $0[$1.id, default: 0] += 1 }
    return entries.map { entry in
      guard counts[entry.id, default: 0] > 1 else { return entry }
      var named = entry
      let start = entry.path.ranges(of: "/images/").last?.upperBound ?? entry.path.startIndex
      let path = String(entry.path[start...])
      named.id = path.lastIndex(of: ".").map { String(path[..<$0]) } ?? path
      return named
    }
  }
}
