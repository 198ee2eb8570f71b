internal import Files
internal import Metrics

extension PascalVOC {
  /// Reads lists and annotations into entries, and notes what is wrong.
  struct Reader {
    let classes: [String]
    let places: [String: Int]
    private(set) var entries: [Dataset.Entry] = []
    private(set) var notes: [String] = []
    var log: ProblemLog
    private var finder = ImageFinder()

    init(classes: [String], policy: FaultPolicy) {
      self.classes = classes
      places = Dictionary(
        classes.enumerated().map { ($0.element, $0.offset) },
        uniquingKeysWith: { first, _ in first }
      )
      log = ProblemLog(policy)
    }

    /// Reads the images of a list, or what falls to a part of a folder without lists.
    mutating func read(_ part: Part, _ split: SeededSplit) throws(DataError) {
      let path = "\(part.root)/ImageSets/Main/\(part.list).txt"
      let layout = Layout(part.root)
      guard File.isRegular(path) else {
        let known = PascalVOC.lists(of: part.root)
        if known.isEmpty {
          if layout.isThere { return try read(layout, part.list, split) }
          let folders = PascalVOC.partFolders(of: part.root)
          if let folder = ListNames.match(part.list, among: folders) {
            return try read(Layout("\(part.root)/\(folder)"), SeededSplit.whole, split)
          }
        }
        throw .missing(
          path: path,
          wanted: "a list of images"
            + (known.isEmpty ? "" : "; the folder has \(known.joined(separator: ", "))")
        )
      }
      var seen: [String: Int] = [:]
      for (line, stem) in try Self.stems(path, layout) {
        if let first = seen[stem] {
          try log.note(
            DataProblem(
              .duplicate,
              path: path,
              line: line,
              message: "'\(stem)' is listed in line \(first) already; this line is not used"
            )
          )
          continue
        }
        seen[stem] = line
        try read(stem, of: layout, listed: (path, line))
      }
    }

    /// Reads what falls to a part of a folder without lists.
    private mutating func read(
      _ layout: Layout,
      _ list: String,
      _ split: SeededSplit
    ) throws(DataError) {
      let stems = layout.stems
      let (places, note) = try split.places(stems, in: list, of: layout.root)
      if let note { notes.append(note) }
      for place in places {
        try read(stems[place], of: layout, listed: (layout.annotation(of: stems[place]), nil))
      }
      noteUnlabelled(layout, stems)
    }

    /// Says how many images beside XML files have none: labelImg writes none for what nobody has looked at.
    private mutating func noteUnlabelled(_ layout: Layout, _ stems: [String]) {
      let labelled = Set(stems)
      let others = FolderListing.files(in: layout.imageFolder, endings: FolderListing.images)
        .filter { !labelled.contains(FilePath.stem(of: $0)) }
      guard let first = others.first else { return }
      notes.append(
        "\(others.count) images have no XML file of their name and are not used, the first: \(layout.imageFolder)/\(first)"
      )
    }

    /// The stems of a list and their lines; a class's list has a second column of 1, 0 or -1, where -1 is no member.
    private static func stems(
      _ path: String,
      _ layout: Layout
    ) throws(DataError) -> [(line: Int, stem: String)] {
      let lines = try TextLines.read(path, wanted: "a readable list of images")
      return lines.enumerated().compactMap { number, line in
        let text = line.trimmed
        guard !text.isEmpty else { return nil }
        if File.isRegular(layout.annotation(of: text)) { return (number + 1, text) }
        let words = text.split(whereSeparator: \.isWhitespace)
        guard words.count == 2, ["1", "0", "-1"].contains(words[1]) else {
          return (number + 1, text)
        }
        return words[1] == "-1" ? nil : (number + 1, String(words[0]))
      }
    }

    private mutating func read(
      _ stem: String,
      of layout: Layout,
      listed: (path: String, line: Int?)
    ) throws(DataError) {
      let path = layout.annotation(of: stem)
      guard File.isRegular(path) else {
        return try log.note(
          DataProblem(
            .missingAnnotation,
            path: listed.path,
            line: listed.line,
            message: "there is no \(path); the image is left out"
          )
        )
      }
      guard let annotation = try annotation(path) else { return }
      guard let image = image(stem, annotation, layout) else {
        return try log.note(
          DataProblem(
            .missingImage,
            path: listed.path,
            line: listed.line,
            message: "there is no \(layout.imageFolder)/\(stem).jpg; the image is left out"
          )
        )
      }
      guard let size = try size(annotation, path: path, image: image) else { return }
      var objects: [TrueBox] = []
      for object in annotation.objects {
        if let box = try box(object, in: size, path: path) { objects.append(box) }
      }
      try objects = withoutRepeats(objects, annotation, path: path)
      entries.append(
        Dataset.Entry(path: image, id: stem, size: size, objects: objects)
      )
    }

    private mutating func annotation(_ path: String) throws(DataError) -> Annotation? {
      func broken(_ line: Int?, _ reason: String) -> DataProblem {
        DataProblem(
          .brokenAnnotation,
          path: path,
          line: line,
          message: "\(reason); the image is left out"
        )
      }
      let bytes: [UInt8]
      do { bytes = try File.contents(of: path, acceptsPipes: false) } catch {
        try log.note(broken(nil, "the file cannot be read: \(error.reason)"))
        return nil
      }
      do {
        let annotation = Annotation(try XMLText(bytes))
        guard annotation.root == "annotation" else {
          try log.note(broken(1, "the root is <\(annotation.root)>, not <annotation>"))
          return nil
        }
        return annotation
      } catch let error as XMLText.Failure {
        try log.note(broken(error.line, "this is no XML: \(error.reason)"))
        return nil
      } catch let error as DataError {
        throw error
      } catch { return nil }
    }

    /// The image of a stem: mostly named like its XML file; else as the annotation says, whose folders may be another machine's.
    private mutating func image(
      _ stem: String,
      _ annotation: Annotation,
      _ layout: Layout
    ) -> String? {
      for folder in layout.images {
        for ending in [".jpg", ".jpeg", ".png"] where File.isRegular("\(folder)/\(stem)\(ending)") {
          return "\(folder)/\(stem)\(ending)"
        }
      }
      let named = [annotation.filename, annotation.imagePath].compactMap(\.self)
      if let found = finder.image([stem] + named, in: layout.images) { return found }
      return annotation.imagePath.flatMap { $0.hasPrefix("/") && File.isRegular($0) ? $0 : nil }
    }
  }
}
