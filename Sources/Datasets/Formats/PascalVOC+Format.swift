extension DataFormat {
  /// Pascal VOC's folders.
  package static let voc = DataFormat(
    "voc",
    doc:
      "Pascal VOC's XML, a file an image: its folders with lists in ImageSets/Main, or images beside XML as labelImg writes them.",
    layout: Layout("Annotations/ and JPEGImages/, XML beside images", isThere: PascalVOC.isLayout),
    metric: .elevenPoint,
    lists: { root throws(DataError) in
      let lists = PascalVOC.standardLists(of: root)
      guard lists.isEmpty else { return lists }
      guard PascalVOC.Layout(root).isThere else {
        let folders = PascalVOC.partFolders(of: root)
        guard folders.isEmpty else { return folders }
        throw .missing(path: "\(root)/ImageSets/Main", wanted: "lists of images, such as train.txt")
      }
      return [SeededSplit.whole]
    },
    read: { part throws(DataError) in
      try PascalVOC.read(
        [PascalVOC.Part(root: part.root, list: part.list)],
        classes: part.classes,
        policy: part.policy,
        splitting: part.splitting
      )
    }
  )
}

extension PascalVOC {
  /// The lists that hold all images: `trainval` only where it is not the sum of the others.
  ///
  /// VOC2007 and 2012 have a list for each class beside these; they name the same images.
  fileprivate static func standardLists(of root: String) -> [String] {
    let found = lists(of: root)
    let standard = ["train", "val", "trainval", "test"].filter(found.contains)
    guard !standard.isEmpty else { return found }
    let isSum = standard.contains("train") && standard.contains("val")
    return isSum ? standard.filter { $0 != "trainval" } : standard
  }
}
