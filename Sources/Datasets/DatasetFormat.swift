/// The layouts of data sets that are read.
package enum DatasetFormat: String, Sendable, Hashable, CaseIterable {
  case voc, coco, wider

  /// The layout of a folder, by its landmarks; nil where it has those of none.
  package static func detected(in root: String) -> DatasetFormat? {
    if PascalVOC.isLayout(root) { return .voc }
    if !WIDERFace.splits(of: root).isEmpty { return .wider }
    let files = FolderListing.names(in: "\(root)/annotations", ending: ".json")
    return files.isEmpty ? nil : .coco
  }
}
