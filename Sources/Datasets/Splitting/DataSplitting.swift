internal import Files
internal import Graphs
internal import Metrics

/// Lists that are written beside images, which stay where they are.
package struct DataSplitting: Sendable {
  /// A part that was made.
  package struct Part: Sendable, Hashable {
    package let name: String
    package let images: Int
    /// Images that have each class.
    package let imagesPerClass: [Int]
  }

  package let classes: [String]
  package let parts: [Part]
  /// The files to write, whole.
  package let files: [(path: String, text: String)]
  /// What is to be said of it.
  package let notes: [String]
  /// What `--data` and recipes name from now on.
  package let result: String

  /// Works out the lists of a data set.
  ///
  /// - Parameters:
  ///   - root: the folder, or a format's own file.
  ///   - format: `voc`, `coco` or `yolo`.
  ///   - lists: the lists whose images are split; none means all.
  ///   - split: shares and seed.
  /// - Throws: ``DataError``.
  package init(
    _ root: String,
    as format: DataFormat,
    lists: [String] = [],
    by split: SeededSplit
  ) throws(DataError) {
    let known = lists.isEmpty ? try format.lists(root) : lists
    let read = try DataParts.read(root, as: format, lists: known)
    let images = Images(read.map(\.dataset))
    let stratified = StratifiedSplit(images.classes, names: images.names, split)
    var members = split.parts.map { _ in [Dataset.Entry]() }
    for (entry, part) in zip(images.entries, stratified.parts) { members[part].append(entry) }
    let listed = zip(split.parts, members).map { Listed(name: $0, entries: $1) }
    classes = images.names(of: read)
    let count = classes.count
    parts = listed.map { Part($0, classes: count) }
    let written: Written
    switch format {
    case .voc: written = try Written(voc: root, listed)
    case .yolo: written = try Written(yolo: root, listed, images.names(of: read))
    case .coco: written = try Written(coco: root, known, listed, seed: split.seed)
    default:
      throw .missing(
        path: root,
        wanted: "data as voc, coco or yolo; \(format) has lists of its own"
      )
    }
    files = written.files
    result = written.result
    let missing = stratified.uncovered.map { images.names(of: read)[$0] }
    notes =
      read.flatMap(\.dataset.problems).prefix(1).map {
        "there are problems in the data, the first: \($0)"
      }
      + (missing.isEmpty
        ? []
        : ["not every part has \(missing.joined(separator: ", ")): their images hold rarer classes"])
  }

  /// Writes the files, each whole or not at all.
  ///
  /// - Parameter replaces: whether files that are there give way.
  /// - Throws: ``DataError`` where one is there; `FileError`.
  package func write(replacing replaces: Bool) throws {
    if !replaces, let there = files.first(where: { File.exists($0.path) }) {
      throw DataError.empty(path: there.path, reason: "it is there already; --force writes over it")
    }
    for (path, text) in files {
      try Folder.make(FilePath.folder(of: path))
      try File.write(Array(text.utf8), to: path)
    }
  }
}

extension DataSplitting {
  /// A part's images.
  struct Listed: Sendable {
    let name: String
    let entries: [Dataset.Entry]
  }

  /// The images of all lists, each once.
  private struct Images {
    var entries: [Dataset.Entry] = []

    init(_ datasets: [Dataset]) {
      var seen: Set<String> = []
      for entry in datasets.flatMap(\.entries) where seen.insert(entry.path).inserted {
        entries.append(entry)
      }
    }

    var classes: [Set<Int>] { entries.map { Set($0.objects.map(\.category)) } }
    var names: [String] { entries.map { FilePath.stem(of: $0.path) } }

    func names(of read: [(part: String, dataset: Dataset)]) -> [String] {
      read.first?.dataset.classes ?? []
    }
  }
}

extension DataSplitting.Part {
  fileprivate init(_ listed: DataSplitting.Listed, classes: Int) {
    let images = listed.entries.map { Set($0.objects.map(\.category)) }
    self.init(
      name: listed.name,
      images: images.count,
      imagesPerClass: (0..<classes).map { category in images.count { $0.contains(category) } }
    )
  }
}
