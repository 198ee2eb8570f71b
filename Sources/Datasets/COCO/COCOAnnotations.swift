import CSimdJSON
internal import Metrics

/// A COCO `instances` file: the data set, and the ids by which results speak of it.
package struct COCOAnnotations: Sendable {
  /// What annotations are read for.
  package enum Use: Sendable, Hashable {
    /// Boxes without an extent are problems.
    case training
    /// Every box that the reference evaluator counts stays, even one without an extent.
    case scoring
  }

  /// Images in the order of their ids, classes in the order of theirs.
  package private(set) var dataset: Dataset
  /// The id of each entry of ``dataset``.
  package let imageIDs: [COCOID]
  /// The id of each class of ``dataset``.
  package let categoryIDs: [COCOID]

  /// Reads an annotation file.
  ///
  /// - Parameters:
  ///   - path: the JSON file.
  ///   - folder: where the images lie; their names stay as they are without one.
  ///   - use: what the boxes are for.
  ///   - faults: what becomes of objects that cannot be used.
  /// - Throws: ``DataError`` for text that is no JSON, for lists that are missing, and for any fault where the policy is to refuse.
  package init(
    _ path: String,
    images folder: String? = nil,
    for use: Use = .training,
    faults: FaultPolicy = .skip
  ) throws(DataError) {
    let file = try COCOFile(path, as: .annotations)
    let lists = [
      ("images", ESPJSON_IMAGES), ("annotations", ESPJSON_ANNOTATIONS),
      ("categories", ESPJSON_CATEGORIES),
    ]
    for (name, bit) in lists where !file.has(bit) {
      throw .empty(
        path: path,
        reason:
          "there is no '\(name)'; COCO annotations have 'images', 'annotations' and 'categories'"
      )
    }
    var problems = COCOProblems(file, faults)
    let categories = try Self.sorted(file.categories, "category", file, &problems)
    let images = try Self.sorted(file.images, "image", file, &problems)
    categoryIDs = categories.map(\.id)
    imageIDs = images.map(\.id)
    let prefix = folder.map { $0.hasSuffix("/") ? $0 : "\($0)/" } ?? ""
    let entries = images.map { id, image in
      let isSized = image.has & Self.size == Self.size && image.width > 0 && image.height > 0
      return Dataset.Entry(
        path: prefix + file.name(of: image),
        id: id.words,
        size: isSized ? PixelSize(width: Int(image.width), height: Int(image.height)) : nil,
        objects: [],
        idForm: id.isNumber ? .number : .text
      )
    }
    let names = categories.map { id, category in
      category.has & UInt32(ESPJSON_NAME) != 0 ? file.name(of: category) : "class \(id.words)"
    }
    dataset = Dataset(classes: names, entries: entries)
    try addObjects(file, use, &problems)
    dataset.problems = problems.list
  }

  private static let size = UInt32(ESPJSON_WIDTH | ESPJSON_HEIGHT)

  /// Images or categories in the order of their ids, each id once.
  private static func sorted(
    _ objects: [espjson_named],
    _ word: String,
    _ file: COCOFile,
    _ problems: inout COCOProblems
  ) throws(DataError) -> [(id: COCOID, object: espjson_named)] {
    var usable: [(id: COCOID, object: espjson_named)] = []
    usable.reserveCapacity(objects.count)
    for object in objects {
      let fault = COCOProblems.missing(
        "id",
        ESPJSON_ID,
        has: object.has,
        wrong: object.wrong,
        wanted: "a number or a text"
      )
      if let fault {
        try problems.add(.brokenAnnotation, at: object.offset, "\(word): \(fault)")
      } else {
        usable.append((file.id(object.id, ESPJSON_ID, object.other), object))
      }
    }
    usable.sort { $0.id != $1.id ? $0.id < $1.id : $0.object.offset < $1.object.offset }
    var result: [(id: COCOID, object: espjson_named)] = []
    result.reserveCapacity(usable.count)
    for (id, object) in usable {
      if result.last?.id == id {
        let found = "\(word) id \(id) is listed twice"
        try problems.add(.duplicate, at: object.offset, found, done: "the first one counts")
      } else {
        result.append((id, object))
      }
    }
    return result
  }

  private mutating func addObjects(
    _ file: COCOFile,
    _ use: Use,
    _ problems: inout COCOProblems
  ) throws(DataError) {
    let references = COCOReferences(images: imageIDs, categories: categoryIDs)
    var ids: [COCOID] = []
    ids.reserveCapacity(file.rowCount)
    var objects: [TrueBox] = []
    objects.reserveCapacity(file.rowCount)
    for index in 0..<file.rowCount {
      let row = file.row(index)
      guard
        let (image, category) = try references.places(
          of: row,
          in: file,
          needsScore: false,
          &problems
        )
      else { continue }
      if use == .training, row.width <= 0 || row.height <= 0 {
        let fault = "the box is \(row.width) wide and \(row.height) high"
        try problems.add(.degenerateBox, at: row.offset, fault)
        continue
      }
      let truth = row.truth(image: image, category: category)
      if use == .training, let size = dataset.entries[image].size,
        let border = BoxBorder(truth.box, in: size)
      {
        try problems.add(.outsideBox, at: row.offset, border.found, done: border.done)
        if border.isBeyond { continue }
      }
      if row.has & UInt32(ESPJSON_ID) != 0 { ids.append(file.id(row.id, ESPJSON_ID, row.other)) }
      objects.append(truth)
    }
    let counts = objects.reduce(into: [Int](repeating: 0, count: imageIDs.count)) {
      $0[$1.image] += 1
    }
    for (image, count) in counts.enumerated() where count > 0 {
      dataset.entries[image].objects.reserveCapacity(count)
    }
    for object in objects { dataset.entries[object.image].objects.append(object) }
    try Self.findDuplicates(ids, file, &problems)
  }

  /// Annotation ids that occur twice; both boxes stay, since only the ids are known to be wrong.
  private static func findDuplicates(
    _ ids: [COCOID],
    _ file: COCOFile,
    _ problems: inout COCOProblems
  ) throws(DataError) {
    let sorted = ids.sorted()
    let twice = Set(zip(sorted, sorted.dropFirst()).lazy.filter { $0 == $1 }.map(\.0))
    guard !twice.isEmpty else { return }
    var seen: Set<COCOID> = []
    for index in 0..<file.rowCount {
      let row = file.row(index)
      let id = file.id(row.id, ESPJSON_ID, row.other)
      guard twice.contains(id), !seen.insert(id).inserted else { continue }
      let found = "annotation id \(id) is used twice"
      try problems.add(.duplicate, at: row.offset, found, done: "both boxes stay")
    }
  }
}
