internal import Files
internal import Metrics

extension PascalVOC {
  /// Reads lists and annotations into entries, and notes what is wrong.
  struct Reader {
    let classes: [String]
    let places: [String: Int]
    private(set) var entries: [Dataset.Entry] = []
    var log: ProblemLog

    init(classes: [String], policy: FaultPolicy) {
      self.classes = classes
      places = Dictionary(
        classes.enumerated().map { ($0.element, $0.offset) },
        uniquingKeysWith: { first, _ in first }
      )
      log = ProblemLog(policy)
    }

    /// Reads the images of a list.
    mutating func read(_ part: Part) throws(DataError) {
      let path = "\(part.root)/ImageSets/Main/\(part.list).txt"
      guard File.isRegular(path) else {
        let known = PascalVOC.lists(of: part.root)
        throw .missing(
          path: path,
          wanted: "a list of images"
            + (known.isEmpty ? "" : "; the folder has \(known.joined(separator: ", "))")
        )
      }
      var seen: [String: Int] = [:]
      for (line, stem) in try Self.stems(path, root: part.root) {
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
        try read(stem, of: part.root, listed: (path, line))
      }
    }

    /// The stems of a list and their lines; a class's list has a second column of 1, 0 or -1, where -1 is no member.
    private static func stems(
      _ path: String,
      root: String
    ) throws(DataError) -> [(line: Int, stem: String)] {
      let lines = try TextLines.read(path, wanted: "a readable list of images")
      return lines.enumerated().compactMap { number, line in
        let text = line.trimmed
        guard !text.isEmpty else { return nil }
        if File.isRegular("\(root)/Annotations/\(text).xml") { return (number + 1, text) }
        let words = text.split(whereSeparator: \.isWhitespace)
        guard words.count == 2, ["1", "0", "-1"].contains(words[1]) else {
          return (number + 1, text)
        }
        return words[1] == "-1" ? nil : (number + 1, String(words[0]))
      }
    }

    private mutating func read(
      _ stem: String,
      of root: String,
      listed: (path: String, line: Int)
    ) throws(DataError) {
      let path = "\(root)/Annotations/\(stem).xml"
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
      guard let image = Self.image(stem, annotation.filename, in: "\(root)/JPEGImages") else {
        return try log.note(
          DataProblem(
            .missingImage,
            path: listed.path,
            line: listed.line,
            message: "there is no \(root)/JPEGImages/\(stem).jpg; the image is left out"
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

    /// The image of a stem: JPEGImages has mostly .jpg; else the annotation's own file name.
    private static func image(_ stem: String, _ filename: String?, in folder: String) -> String? {
      let endings = [".jpg", ".jpeg", ".png", ".JPG", ".JPEG", ".PNG"]
      let named = filename.flatMap { $0.contains("/") || $0.isEmpty ? nil : "\(folder)/\($0)" }
      return (endings.map { "\(folder)/\(stem)\($0)" } + [named].compactMap(\.self))
        .first(where: File.isRegular)
    }
  }
}
