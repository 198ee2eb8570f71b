internal import Files
internal import Metrics

/// WIDER FACE's validation lists: the faces of each image, and which of them each subset asks for.
struct WiderFaceLists: Sendable {
  struct Image: Sendable, Hashable {
    /// The folder and the name without its ending, as in `0--Parade/0_Parade_marchingband_1_849`.
    let name: String
    var faces: [Box]
    /// By subset, places in ``faces``.
    var asked: [[Int]]
  }

  var images: [Image]
  /// Whether the subsets are the official ones; otherwise all three are all valid faces.
  var hasSubsets: Bool

  /// Reads a folder with the official tool's lists, or one text list.
  init(_ path: String) throws(DataError) {
    guard Folder.exists(path) else {
      images = try Self.textList(path)
      hasSubsets = false
      return
    }
    let subsets = WiderFaceSubset.allCases.map { "\(path)/wider_\($0.name)_val.mat" }
    guard subsets.allSatisfy(File.isRegular) else {
      throw .missing(
        path: path,
        wanted: "wider_easy_val.mat, wider_medium_val.mat and wider_hard_val.mat, "
          + "beside wider_face_val.mat or wider_face_val_bbx_gt.txt"
      )
    }
    let text = "\(path)/wider_face_val_bbx_gt.txt"
    let faces = "\(path)/wider_face_val.mat"
    images =
      File.isRegular(faces) ? try Self.faces(of: faces) : try Self.textList(text)
    hasSubsets = true
    for index in images.indices { images[index].asked = [[], [], []] }
    for (subset, file) in subsets.enumerated() { try ask(subset, file, faces) }
  }

  /// The text list: a path, a number of faces, a row for each.
  private static func textList(_ path: String) throws(DataError) -> [Image] {
    let file = try TextRows(path, wanted: "WIDER FACE's lists or wider_face_val_bbx_gt.txt")
    func broken(_ row: TextRows.Row?, _ text: String) -> DataError {
      .problem(
        DataProblem(
          .brokenAnnotation,
          path: path,
          line: row?.line,
          message: "\(text); take the list anew"
        )
      )
    }
    var images: [Image] = []
    var rest = file.rows[...]
    while let head = rest.popFirst() {
      guard head.words.count == 1, head.words[0].contains("/") else {
        throw broken(head, "an image's path was expected")
      }
      guard let line = rest.popFirst(), line.words.count == 1, let count = Int(line.words[0]),
        count >= 0
      else { throw broken(head, "the number of faces is missing below") }
      var image = Image(name: Self.stem(head.words[0]), faces: [], asked: [[], [], []])
      // An image without faces has a row of zeros all the same.
      for place in 0..<max(1, count) {
        if count == 0, rest.first?.words.count != 10 { break }
        guard let row = rest.popFirst(), row.words.count >= 4, let side = row.numbers(from: 0)
        else {
          throw broken(rest.first ?? head, "a row with a face's box was expected")
        }
        guard count > 0 else { break }
        image.faces.append(Box(x: side[0], y: side[1], width: side[2], height: side[3]))
        let isInvalid = side.count >= 8 && side[7] == 1
        guard !isInvalid, side[2] > 0, side[3] > 0 else { continue }
        for subset in 0..<3 { image.asked[subset].append(place) }
      }
      images.append(image)
    }
    guard !images.isEmpty else { throw .empty(path: path, reason: "there is no image in it") }
    return images
  }

  static func stem(_ path: String) -> String {
    let slash = path.lastIndex(of: "/")
    guard let dot = path.lastIndex(of: "."), slash.map({ $0 < dot }) ?? true else { return path }
    return String(path[..<dot])
  }

  /// The names in the order of a MATLAB list: folder by folder.
  private static func names(_ values: [String: MATLABValue]) -> [[String]]? {
    guard let events = values["event_list"], let files = values["file_list"],
      events.elements.count == files.elements.count
    else { return nil }
    return zip(events.elements, files.elements).map { event, files in
      files.elements.map { "\(event.string ?? "")/\($0.string ?? "")" }
    }
  }

  private static func faces(of path: String) throws(DataError) -> [Image] {
    let values = try MATLABValue.read(["event_list", "file_list", "face_bbx_list"], from: path)
    guard let names = names(values), let boxes = values["face_bbx_list"],
      boxes.elements.count == names.count
    else {
      throw .empty(
        path: path,
        reason: "wanted event_list, file_list and face_bbx_list of one length"
      )
    }
    var images: [Image] = []
    for (names, boxes) in zip(names, boxes.elements) {
      guard boxes.elements.count == names.count else {
        throw .empty(
          path: path,
          reason: "face_bbx_list and file_list differ at \(names.first ?? "")"
        )
      }
      for (name, value) in zip(names, boxes.elements) {
        let (sides, rows) = value.matrix
        guard sides.count == rows * 4 else {
          throw .empty(path: path, reason: "the faces of \(name) are not rows of four numbers")
        }
        let faces = (0..<rows).map { row in
          Box(
            x: sides[row],
            y: sides[rows + row],
            width: sides[2 * rows + row],
            height: sides[3 * rows + row]
          )
        }
        images.append(Image(name: name, faces: faces, asked: []))
      }
    }
    return images
  }

  /// Adds what a subset asks for.
  private mutating func ask(_ subset: Int, _ path: String, _ faces: String) throws(DataError) {
    var values = try MATLABValue.read(["event_list", "file_list", "gt_list"], from: path)
    if Self.names(values) == nil, File.isRegular(faces) {
      let named = try MATLABValue.read(["event_list", "file_list"], from: faces)
      values.merge(named) { own, _ in own }
    }
    guard let names = Self.names(values), let lists = values["gt_list"],
      lists.elements.count == names.count
    else {
      throw .empty(path: path, reason: "wanted gt_list, event_list and file_list of one length")
    }
    let places = Dictionary(images.enumerated().map { ($1.name, $0) }) { first, _ in first }
    for (names, lists) in zip(names, lists.elements) {
      guard lists.elements.count == names.count else {
        throw .empty(path: path, reason: "gt_list and file_list differ at \(names.first ?? "")")
      }
      for (name, list) in zip(names, lists.elements) {
        guard let place = places[name] else {
          throw .empty(path: path, reason: "\(name) is not among the images with faces")
        }
        let asked = list.matrix.values.map { Int(exactly: $0).map { $0 - 1 } ?? -1 }
        guard asked.allSatisfy(images[place].faces.indices.contains) else {
          throw .empty(path: path, reason: "gt_list of \(name) names faces that it does not have")
        }
        images[place].asked[subset] = asked
      }
    }
  }
}
