extension DataFormat {
  /// Pictures without labels.
  package static let images = DataFormat(
    "images",
    doc: "Pictures in a folder and those below it, without labels.",
    isLabelled: false,
    metric: .coco,
    wholeList: ".",
    lists: { _ throws(DataError) in ["."] },
    read: { part throws(DataError) in try ImageFolder.read(part.file) }
  )
}
