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
  package let imageIDs: [Int64]
  /// The id of each class of ``dataset``.
  package let categoryIDs: [Int64]

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
    let categories = try Self.sorted(file.categories, "category", &problems)
    let images = try Self.sorted(file.images, "image", &problems)
    categoryIDs = categories.map(\.id)
    imageIDs = images.map(\.id)
    let prefix = folder.map { $0.hasSuffix("/") ? $0 : "\($0)/" } ?? ""
    let entries = images.map { image in
      let isSized = image.has & Self.size == Self.size && image.width > 0 && image.height > 0
      return Dataset.Entry(
        path: prefix + file.name(of: image),
        id: "\(image.id)",
        size: isSized ? PixelSize(width: Int(image.width), height: Int(image.height)) : nil,
        objects: []
      )
    }
    let names = categories.map {
      $0.has & UInt32(ESPJSON_NAME) != 0 ? file.name(of: $0) : "class \($0.id)"
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
    _ problems: inout COCOProblems
  ) throws(DataError) -> [espjson_named] {
    var usable: [espjson_named] = []
    usable.reserveCapacity(objects.count)
    for object in objects {
      let fault = COCOProblems.missing(
        "id",
        ESPJSON_ID,
        has: object.has,
        wrong: object.wrong,
        wanted: "a whole number"
      )
      if let fault {
        try problems.add(.brokenAnnotation, at: object.offset, "\(word): \(fault)")
      } else {
        usable.append(object)
      }
    }
    usable.sort { $0.id != $1.id ? $0.id < $1.id : $0.offset < $1.offset }
    var result: [espjson_named] = []
    result.reserveCapacity(usable.count)
    for object in usable {
      if result.last?.id == object.id {
        let found = "\(word) id \(object.id) is listed twice"
        try problems.add(.duplicate, at: object.offset, found, done: "the first one counts")
      } else {
        result.append(object)
      }
    }
    return result
  }

  private mutating func addObjects(
    _ file: COCOFile,
    _ use: Use,
    _ problems: inout COCOProblems
  ) throws(DataError) {
    let images = IDTable(imageIDs)
    let categories = IDTable(categoryIDs)
    var ids: [Int64] = []
    ids.reserveCapacity(file.rowCount)
    var objects: [TrueBox] = []
    objects.reserveCapacity(file.rowCount)
    for index in 0..<file.rowCount {
      let row = file.row(index)
      if let (kind, fault) = row.fault(needsScore: false) {
        try problems.add(kind, at: row.offset, fault)
        continue
      }
      guard let image = images[row.image] else {
        let fault = "'image_id' \(row.image) is not among the images"
        try problems.add(.missingImage, at: row.offset, fault)
        continue
      }
      guard let category = categories[row.category] else {
        let fault = "'category_id' \(row.category) is not among the categories"
        try problems.add(.unknownClass, at: row.offset, fault)
        continue
      }
      if use == .training, row.width <= 0 || row.height <= 0 {
        let fault = "the box is \(row.width) wide and \(row.height) high"
        try problems.add(.degenerateBox, at: row.offset, fault)
        continue
      }
      if row.has & UInt32(ESPJSON_ID) != 0 { ids.append(row.id) }
      objects.append(row.truth(image: image, category: category))
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
    _ ids: [Int64],
    _ file: COCOFile,
    _ problems: inout COCOProblems
  ) throws(DataError) {
    let sorted = ids.sorted()
    let twice = Set(zip(sorted, sorted.dropFirst()).lazy.filter { $0 == $1 }.map(\.0))
    guard !twice.isEmpty else { return }
    var seen: Set<Int64> = []
    for index in 0..<file.rowCount {
      let row = file.row(index)
      guard twice.contains(row.id), !seen.insert(row.id).inserted else { continue }
      let found = "annotation id \(row.id) is used twice"
      try problems.add(.duplicate, at: row.offset, found, done: "both boxes stay")
    }
  }
}
