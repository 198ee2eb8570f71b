internal import Files
internal import Metrics

/// Reads what Pascal VOC's score is computed from.
///
/// Truths are a folder in VOC's layout, a folder of XML files, or a folder of text files with a row `class x y width height`
/// for each object. Detections are the challenge's files (`comp4_det_test_dog.txt`: image, score, left, top, right, bottom)
/// or a folder of text files, one an image, with rows `class score x y width height`.
struct VOCScoring {
  private(set) var classes: [String]
  private(set) var images: [String] = []
  private(set) var truths: [TrueBox] = []
  private(set) var detections: [DetectedBox] = []
  private(set) var log: ProblemLog

  init(
    truth: String,
    list: String?,
    detections: String,
    faults: FaultPolicy
  ) throws(DataError) {
    log = ProblemLog(faults)
    classes = []
    guard Folder.exists(truth) else {
      throw .missing(path: truth, wanted: "a folder of XML or text files with the objects")
    }
    guard Folder.exists(detections) else {
      throw .missing(path: detections, wanted: "a folder of text files with the detections")
    }
    if let list {
      try readLayout(truth, list)
    } else {
      try readFolder(truth)
    }
    try readDetections(detections)
  }

  /// A list of a folder in VOC's layout.
  private mutating func readLayout(_ root: String, _ list: String) throws(DataError) {
    let data = try PascalVOC.read([.init(root: root, list: list)], policy: log.policy)
    classes = data.classes
    images = data.entries.map(\.id)
    truths = data.entries.enumerated().flatMap { index, entry in
      entry.objects.map { object in
        var object = object
        object.image = index
        return object
      }
    }
    for problem in data.problems { try log.note(problem) }
  }

  private mutating func readFolder(_ root: String) throws(DataError) {
    let below = "\(root)/Annotations"
    let folder = Folder.exists(below) ? below : root
    let annotated = FolderListing.names(in: folder, ending: ".xml")
    images = annotated.isEmpty ? FolderListing.names(in: folder, ending: ".txt") : annotated
    guard !images.isEmpty else {
      throw .empty(path: folder, reason: "there are neither .xml nor .txt files")
    }
    if annotated.isEmpty { try readTextTruths(folder) } else { try readXML(folder) }
  }

  private mutating func readXML(_ folder: String) throws(DataError) {
    var annotations: [(image: Int, path: String, PascalVOC.Annotation)] = []
    for (index, stem) in images.enumerated() {
      let path = "\(folder)/\(stem).xml"
      do {
        let bytes = try File.contents(of: path, acceptsPipes: false)
        annotations.append((index, path, PascalVOC.Annotation(try XMLText(bytes))))
      } catch let error as XMLText.Failure {
        let text = "this is no XML: \(error.reason); its objects are left out"
        try log.note(DataProblem(.brokenAnnotation, path: path, line: error.line, message: text))
      } catch {
        let text = "the file cannot be read; its objects are left out"
        try log.note(DataProblem(.brokenAnnotation, path: path, message: text))
      }
    }
    let names = Set(annotations.flatMap { $0.2.objects.map(\.name) }.filter { !$0.isEmpty })
    classes = names.isSubset(of: PascalVOC.classes) ? PascalVOC.classes : names.sorted()
    var reader = PascalVOC.Reader(classes: classes, policy: log.policy)
    // Without a size nothing is cut.
    let boundless = PixelSize(width: 1 << 40, height: 1 << 40)
    for (image, path, annotation) in annotations {
      for object in annotation.objects {
        let size = annotation.size ?? boundless
        guard var box = try reader.box(object, in: size, path: path) else { continue }
        box.image = image
        truths.append(box)
      }
    }
    for problem in reader.log.problems { try log.note(problem) }
  }

  private mutating func readTextTruths(_ folder: String) throws(DataError) {
    var found: [(image: Int, name: String, box: Box)] = []
    for (index, stem) in images.enumerated() {
      let file = try TextRows("\(folder)/\(stem).txt", wanted: "objects")
      for row in file.rows {
        guard row.words.count == 5, let side = row.numbers(from: 1) else {
          let text = "not 'class x y width height'; the row is left out"
          try log.note(file.problem(.brokenAnnotation, row, text))
          continue
        }
        let box = Box(x: side[0], y: side[1], width: side[2], height: side[3])
        found.append((index, row.words[0], box))
      }
    }
    classes = Set(found.map(\.name)).sorted()
    let places = self.places(of: classes)
    truths = found.compactMap { object in
      places[object.name].map { TrueBox(image: object.image, category: $0, box: object.box) }
    }
  }

  private func places(of names: [String]) -> [String: Int] {
    Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }
  }

  private mutating func readDetections(_ folder: String) throws(DataError) {
    let names = FolderListing.names(in: folder, ending: ".txt")
    guard !names.isEmpty else { throw .empty(path: folder, reason: "there are no .txt files") }
    let challenge = names.compactMap { name in Self.challengeClass(name).map { (name, $0) } }
    let classPlaces = places(of: classes)
    if challenge.isEmpty {
      let known = Set(names)
      for (image, stem) in images.enumerated() where known.contains(stem) {
        try readImage("\(folder)/\(stem).txt", image, classPlaces)
      }
      let listed = Set(images)
      for name in names where !listed.contains(name) {
        let text = "no image of the truths is called '\(name)'; the file is left out"
        try log.note(DataProblem(.missingImage, path: "\(folder)/\(name).txt", message: text))
      }
    } else {
      let imagePlaces = places(of: images)
      for (name, className) in challenge {
        try readChallenge("\(folder)/\(name).txt", className, classPlaces, imagePlaces)
      }
    }
    guard !detections.isEmpty || log.problems.isEmpty else {
      let first = log.problems.first.map { ", the first: \($0)" } ?? ""
      throw .empty(path: folder, reason: "no detection can be used\(first)")
    }
  }

  /// The class of `comp4_det_test_dog`: what stands behind the list's name.
  private static func challengeClass(_ name: String) -> String? {
    let parts = name.split(separator: "_", maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0].hasPrefix("comp"), parts[1] == "det" else { return nil }
    return String(parts[3])
  }

  private mutating func readImage(
    _ path: String,
    _ image: Int,
    _ classes: [String: Int]
  ) throws(DataError) {
    let file = try TextRows(path, wanted: "detections")
    for row in file.rows {
      guard row.words.count == 6, let side = row.numbers(from: 1) else {
        let text = "not 'class score x y width height'; the row is left out"
        try log.note(file.problem(.brokenAnnotation, row, text))
        continue
      }
      guard let category = classes[row.words[0]] else {
        let text = "no object is called '\(row.words[0])'; the row is left out"
        try log.note(file.problem(.unknownClass, row, text))
        continue
      }
      let box = Box(x: side[1], y: side[2], width: side[3], height: side[4])
      detections.append(DetectedBox(image: image, category: category, box: box, score: side[0]))
    }
  }

  private mutating func readChallenge(
    _ path: String,
    _ className: String,
    _ classes: [String: Int],
    _ images: [String: Int]
  ) throws(DataError) {
    guard let category = classes[className] else {
      let text = "no object is called '\(className)'; the file is left out"
      return try log.note(DataProblem(.unknownClass, path: path, message: text))
    }
    let file = try TextRows(path, wanted: "detections")
    for row in file.rows {
      guard row.words.count == 6, let side = row.numbers(from: 1) else {
        let text = "not 'image score left top right bottom'; the row is left out"
        try log.note(file.problem(.brokenAnnotation, row, text))
        continue
      }
      guard let image = images[row.words[0]] else {
        let text = "no image of the truths is called '\(row.words[0])'; the row is left out"
        try log.note(file.problem(.missingImage, row, text))
        continue
      }
      let box = Box(left: side[1], top: side[2], right: side[3], bottom: side[4])
      detections.append(DetectedBox(image: image, category: category, box: box, score: side[0]))
    }
  }
}

extension ScoringInput {
  /// Pascal VOC: a folder of objects and a folder of detections.
  ///
  /// - Parameters:
  ///   - truth: a folder of XML or text files, or one in VOC's layout.
  ///   - list: the list of a folder in VOC's layout, such as `test`; nil for all files.
  ///   - detections: a folder of text files.
  ///   - faults: what becomes of what cannot be used.
  /// - Returns: objects, detections, and what was wrong with the files.
  /// - Throws: ``DataError``.
  package static func voc(
    truth: String,
    list: String? = nil,
    detections: String,
    faults: FaultPolicy = .skip
  ) throws(DataError) -> ScoringInput {
    let read = try VOCScoring(truth: truth, list: list, detections: detections, faults: faults)
    return ScoringInput(
      classes: read.classes,
      images: read.images,
      truths: read.truths,
      detections: read.detections,
      problems: read.log.problems
    )
  }
}
