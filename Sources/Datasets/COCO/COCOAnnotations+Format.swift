internal import Files

extension DataFormat {
  /// COCO's annotation files.
  package static let coco = DataFormat(
    "coco",
    doc:
      "COCO's JSON: annotations/instances_SPLIT.json, SPLIT/_annotations.coco.json beside images, or any such file.",
    layout: Layout("annotations/*.json") { !COCOAnnotations.lists(of: $0).isEmpty },
    metric: .coco,
    trainsToLastPixel: true,
    lists: { root throws(DataError) in
      let files = COCOAnnotations.lists(of: root)
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
      let images = part.imageFolder ?? places.images
      let dataset = try COCOAnnotations(places.file, images: images, faults: part.policy).dataset
        .findingImages(in: [images, FilePath.folder(of: places.file)], for: places.file)
      if let classes = part.classes, classes != dataset.classes {
        throw .classes(path: places.file, dataset.classes)
      }
      guard places.isWhole else { return dataset }
      return try dataset.choosing(part.list, by: part.splitting, of: places.file)
    }
  )
}
