import CSimdJSON

/// What the rows of a COCO file refer to: images and categories, by their ids.
struct COCOReferences {
  private let images: IDTable
  private let categories: IDTable
  /// How messages name whose they are, such as `the annotations' `.
  private let owner: String

  init(images: [COCOID], categories: [COCOID], of owner: String = "the ") {
    self.images = IDTable(images)
    self.categories = IDTable(categories)
    self.owner = owner
  }

  /// The places of a row's image and category; nil for a row that cannot be used, which is noted.
  ///
  /// - Throws: ``DataError`` where the policy is to refuse.
  func places(
    of row: espjson_row,
    in file: COCOFile,
    needsScore: Bool,
    _ problems: inout COCOProblems
  ) throws(DataError) -> (image: Int, category: Int)? {
    if let (kind, fault) = row.fault(needsScore: needsScore) {
      try problems.add(kind, at: row.offset, fault)
      return nil
    }
    let imageID = file.id(row.image, ESPJSON_IMAGE, row.other)
    guard let image = images[imageID] else {
      let fault = "'image_id' \(imageID) is not among \(owner)images" + images.remark(on: imageID)
      try problems.add(.missingImage, at: row.offset, fault)
      return nil
    }
    let categoryID = file.id(row.category, ESPJSON_CATEGORY, row.other)
    guard let category = categories[categoryID] else {
      let fault =
        "'category_id' \(categoryID) is not among \(owner)categories"
        + categories.remark(on: categoryID)
      try problems.add(.unknownClass, at: row.offset, fault)
      return nil
    }
    return (image, category)
  }
}
