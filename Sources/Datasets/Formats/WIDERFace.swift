internal import Files
internal import Metrics

/// WIDER FACE's text lists: an image's path, the number of its faces, and a row for each.
///
/// An image without faces has the number 0 and one row of zeros all the same, which is skipped.
package enum WIDERFace {
  /// Where a split's list and images lie below the folder that the official archives unpack to.
  package static func places(root: String, split: String) -> (list: String, images: String) {
    (list: "\(root)/\(list(of: split))", images: "\(root)/\(images(of: split))")
  }

  /// A split's list below that folder.
  static func list(of split: String) -> String {
    "wider_face_split/wider_face_\(split)_bbx_gt.txt"
  }

  /// The folder of a split's images below that folder.
  static func images(of split: String) -> String { "WIDER_\(split)/images" }

  /// The splits whose lists a folder has.
  package static func splits(of root: String) -> [String] {
    ["train", "val", "test"].filter { File.isRegular(places(root: root, split: $0).list) }
  }

  /// Reads a list.
  ///
  /// As in PaddleDetection 0.2, faces with a negative width or height go and left and top edges below 0 become 0;
  /// faces of no size go too; faces that are marked as invalid are difficult ones. Sizes of images are not in the list and stay open.
  ///
  /// - Parameters:
  ///   - list: the text file.
  ///   - images: the folder that its paths start from.
  ///   - policy: what to do about what is wrong.
  /// - Returns: one class, `face`, and the images in the order of the list.
  /// - Throws: ``DataError``.
  package static func read(
    list: String,
    images: String,
    policy: FaultPolicy = .skip
  ) throws(DataError) -> Dataset {
    let lines = try TextLines.read(list, wanted: "WIDER FACE's list of images and faces")
      .map(\.trimmed)
    var reader = Reader(list: list, images: images, policy: policy, lines: lines)
    try reader.read()
    guard !reader.entries.isEmpty else {
      throw .empty(
        path: list,
        reason: "no image is left to use; \(reader.log.problems.count) problems were found"
          + (reader.log.problems.first.map { ", the first: \($0)" } ?? "")
      )
    }
    return Dataset(classes: ["face"], entries: reader.entries, problems: reader.log.problems)
  }
}

extension WIDERFace {
  /// Goes through the lines of a list.
  private struct Reader {
    let list: String
    let images: String
    let lines: [String]
    var place = 0
    var seen: [String: Int] = [:]
    var entries: [Dataset.Entry] = []
    var log: ProblemLog

    init(list: String, images: String, policy: FaultPolicy, lines: [String]) {
      self.list = list
      self.images = images
      self.lines = lines
      log = ProblemLog(policy)
    }

    mutating func read() throws(DataError) {
      while place < lines.count {
        if lines[place].isEmpty { place += 1 } else { try readImage() }
      }
    }

    private mutating func note(
      _ kind: DataProblem.Kind,
      line: Int,
      _ message: String
    ) throws(DataError) {
      try log.note(DataProblem(kind, path: list, line: line, message: message))
    }

    private mutating func readImage() throws(DataError) {
      let name = lines[place]
      let line = place + 1
      place += 1
      guard place < lines.count, let count = Int(lines[place]), count >= 0 else {
        let found = place < lines.count ? "'\(lines[place].prefix(60))'" : "the end of the file"
        try note(
          .brokenAnnotation,
          line: line + 1,
          "after '\(name.prefix(80))' comes \(found), not a number of faces; the image is left out"
        )
        while place < lines.count, !Self.isPath(lines[place]) { place += 1 }
        return
      }
      place += 1
      let (objects, rows) = try faces(count, of: name)
      if let first = seen[name] {
        try note(.duplicate, line: line, "'\(name)' stands in line \(first) already")
        return
      }
      seen[name] = line
      let path = "\(images)/\(name)"
      guard File.isRegular(path) else {
        try note(.missingImage, line: line, "there is no \(path); the image is left out")
        return
      }
      let file = name.split(separator: "/").last.map(String.init) ?? name
      let stem = file.lastIndex(of: ".").map { String(file[..<$0]) } ?? file
      entries.append(
        Dataset.Entry(
          path: path,
          id: stem,
          size: nil,
          objects: objects,
          source: Dataset.Entry.Source(path: list, lines: rows)
        )
      )
    }

    /// The boxes of an image and their lines; they end early where a path comes before their number is reached.
    private mutating func faces(
      _ count: Int,
      of name: String
    ) throws(DataError) -> (boxes: [TrueBox], lines: [Int]) {
      if count == 0 {
        let row = place < lines.count ? Self.numbers(lines[place]) : nil
        if let row, row.count >= 4, row.allSatisfy({ $0 == 0 }) { place += 1 }
        return ([], [])
      }
      var boxes: [TrueBox] = []
      var rows: [Int] = []
      for number in 0..<count {
        guard place < lines.count, !Self.isPath(lines[place]) else {
          try note(
            .brokenAnnotation,
            line: place + 1,
            "'\(name.prefix(80))' has \(number) rows of \(count); what is there is used"
          )
          break
        }
        place += 1
        guard let box = try box(lines[place - 1]) else { continue }
        boxes.append(box)
        rows.append(place)
      }
      return (boxes, rows)
    }

    private mutating func box(_ row: String) throws(DataError) -> TrueBox? {
      guard let values = Self.numbers(row), values.count >= 4 else {
        try note(
          .brokenAnnotation,
          line: place,
          "'\(row.prefix(60))' does not start with four numbers; the face is left out"
        )
        return nil
      }
      guard values[2] > 0, values[3] > 0 else {
        try note(
          .degenerateBox,
          line: place,
          "the face is \(values[2]) x \(values[3]); it is left out"
        )
        return nil
      }
      if values[0] < 0 || values[1] < 0 {
        try note(.outsideBox, line: place, "the face starts outside of the image; it is moved in")
      }
      return TrueBox(
        image: entries.count,
        category: 0,
        box: Box(
          x: max(0, values[0]),
          y: max(0, values[1]),
          width: values[2],
          height: values[3]
        ),
        isDifficult: values.count >= 8 && values[7] == 1
      )
    }

    private static func numbers(_ row: String) -> [Double]? {
      let values = row.split(whereSeparator: \.isWhitespace).map { Double($0) }
      let numbers = values.compactMap(\.self).filter(\.isFinite)
      return numbers.count == values.count ? numbers : nil
    }

    private static func isPath(_ line: String) -> Bool {
      let lower = line.lowercased()
      return [".jpg", ".jpeg", ".png"].contains { lower.hasSuffix($0) }
    }
  }
}
