extension DataFormat {
  /// WIDER FACE's lists.
  package static let wider = DataFormat(
    "wider",
    doc: "WIDER FACE's lists in wider_face_split, images in WIDER_train and so on.",
    layout: Layout("wider_face_split/") { !WIDERFace.splits(of: $0).isEmpty },
    metric: .wider,
    lists: { root throws(DataError) in
      let splits = WIDERFace.splits(of: root)
      guard !splits.isEmpty else {
        throw .missing(
          path: WIDERFace.places(root: root, split: "train").list,
          wanted: "WIDER FACE's list of images and faces"
        )
      }
      return splits
    },
    read: { part throws(DataError) in
      // A split's name, or a list and the folder of its images.
      let places = WIDERFace.places(root: part.root, split: part.list)
      let isFile = part.list.hasSuffix(".txt")
      let dataset = try WIDERFace.read(
        list: isFile ? part.file : places.list,
        images: part.imageFolder ?? (isFile ? part.root : places.images),
        policy: part.policy
      )
      guard part.list == "val", let lists = WIDERFace.officialLists(of: part.root) else {
        return dataset
      }
      return try dataset.judged(
        by: WiderFaceLists(lists),
        in: lists,
        isPresentOnly: part.isPresentOnly
      )
    }
  )
}
