extension DataFormat {
  /// Ultralytics' text format.
  package static let yolo = DataFormat(
    "yolo",
    doc: "Ultralytics' text files: a data.yaml, or folders images/ and labels/.",
    layout: Layout(
      "data.yaml, images/ and labels/",
      isThere: YOLO.Description.isThere
    ),
    metric: .coco,
    lists: { root throws(DataError) in
      let lists = try YOLO.Description(root).lists.map(\.name)
      return lists.isEmpty ? [SeededSplit.whole] : lists
    },
    read: { part throws(DataError) in try YOLO.read(part) }
  )
}
