internal import Files

/// Pascal VOC's XML: `Annotations/*.xml`, `JPEGImages/`, and lists of stems in `ImageSets/Main/*.txt`; or images beside XML.
package enum PascalVOC {
  /// The classes of the Pascal VOC challenges, in the order of the benchmark.
  package static let classes = [
    "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow",
    "diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train",
    "tvmonitor",
  ]

  /// A folder in the layout, and the list of it to read.
  package struct Part: Sendable, Hashable {
    package var root: String
    /// The list's name without `.txt`, such as `trainval`.
    package var list: String

    package init(root: String, list: String) {
      self.root = root
      self.list = list
    }
  }

  /// Whether a folder has the layout.
  package static func isLayout(_ root: String) -> Bool {
    Folder.exists("\(root)/Annotations") && Folder.exists("\(root)/JPEGImages")
      || Layout(root).isThere || !partFolders(of: root).isEmpty
  }

  /// The names of a folder's lists, sorted.
  package static func lists(of root: String) -> [String] {
    FolderListing.names(in: "\(root)/ImageSets/Main", ending: ".txt")
  }

  /// Reads one list of one folder, or of several (2007 and 2012 together).
  ///
  /// Boxes are as the files have them, the right and bottom edges being the last pixels inside, cut to the image's last
  /// pixel as in PaddleDetection 0.2; no size means the image's own header is read.
  ///
  /// - Parameters:
  ///   - parts: folders and lists, in order.
  ///   - classes: the names to use, in order; nil takes VOC's twenty where all names are among them, else every name in
  ///     the folders' annotations, sorted.
  ///   - policy: what to do about what is wrong.
  ///   - splitting: how images fall to parts in a folder without lists.
  /// - Returns: the images in the order of the lists, and what was wrong.
  /// - Throws: ``DataError``.
  package static func read(
    _ parts: [Part],
    classes: [String]? = nil,
    policy: FaultPolicy = .skip,
    splitting: SeededSplit = .standard
  ) throws(DataError) -> Dataset {
    let names =
      if let classes { classes } else { try discoveredClasses(of: parts.map(\.root)) }
    var reader = Reader(classes: names, policy: policy)
    for part in parts { try reader.read(part, splitting) }
    guard !reader.entries.isEmpty else {
      let places = parts.map { "\($0.root) (\($0.list))" }.joined(separator: ", ")
      throw .empty(
        path: places,
        reason: "no image is left to use; \(reader.log.problems.count) problems were found"
          + (reader.log.problems.first.map { ", the first: \($0)" } ?? "")
      )
    }
    return Dataset(
      classes: names,
      entries: reader.entries,
      problems: reader.log.problems,
      notes: reader.notes,
      edges: .lastPixel
    )
  }

  /// VOC's twenty where every name is one of them, else all names of the annotations, sorted.
  ///
  /// All annotations count, not only a list's, so that lists of one folder agree on the classes.
  ///
  /// - Throws: ``DataError/missing(path:wanted:)`` where there are no annotations.
  package static func discoveredClasses(of roots: [String]) throws(DataError) -> [String] {
    var found: Set<String> = []
    for root in Set(roots).sorted() {
      let layout = Layout(root)
      let folders = layout.isThere ? [] : partFolders(of: root).map { Layout("\(root)/\($0)") }
      guard Folder.exists("\(root)/Annotations") || layout.isThere || !folders.isEmpty else {
        throw .missing(
          path: "\(root)/Annotations",
          wanted: "Pascal VOC's folder of XML files, or XML files beside images"
        )
      }
      for layout in folders.isEmpty ? [layout] : folders { found.formUnion(names(in: layout)) }
    }
    return found.isSubset(of: Self.classes) ? Self.classes : found.sorted()
  }

  /// The names of all objects in a folder's XML files.
  private static func names(in layout: Layout) -> Set<String> {
    var found: Set<String> = []
    for name in FolderListing.files(in: layout.annotations, endings: [".xml"]) {
      let path = "\(layout.annotations)/\(name)"
      guard let bytes = try? File.contents(of: path, acceptsPipes: false),
        let xml = try? XMLText(bytes)
      else { continue }
      found.formUnion(Annotation(xml).objects.map(\.name).filter { !$0.isEmpty })
    }
    return found
  }
}
