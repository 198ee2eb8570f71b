extension DataFormat {
  /// COCO's annotation files.
  package static let coco = DataFormat(
    "coco",
    doc: "COCO's JSON: annotations/instances_SPLIT.json, or any such file.",
    layout: Layout("annotations/*.json") { !COCOAnnotations.files(of: $0).isEmpty },
    metric: .coco,
    trainsToLastPixel: true,
    lists: { root throws(DataError) in
      let files = COCOAnnotations.files(of: root)
      guard !files.isEmpty else {
        throw .missing(
          path: "\(root)/annotations",
          wanted: "COCO's files, such as instances_val2017.json"
        )
      }
      return files
    },
    read: { part throws(DataError) in
      let places = COCOAnnotations.places(root: part.root, name: part.list)
      let dataset = try COCOAnnotations(
        places.file,
        images: part.imageFolder ?? places.images,
        faults: part.policy
      ).dataset
      if let classes = part.classes, classes != dataset.classes {
        throw .classes(path: places.file, dataset.classes)
      }
      return dataset
    }
  )
}
