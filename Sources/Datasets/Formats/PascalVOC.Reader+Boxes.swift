internal import Metrics

extension PascalVOC.Reader {
  /// The annotation's size, else the one in the image's header; nil where neither can be had.
  mutating func size(
    _ annotation: PascalVOC.Annotation,
    path: String,
    image: String
  ) throws(DataError) -> PixelSize? {
    if let size = annotation.size { return size }
    try log.note(
      DataProblem(
        .wrongSize,
        path: path,
        line: annotation.sizeLine,
        message: "no width and height above zero; the image's own are used"
      )
    )
    do { return try Picture.headerSize(image) } catch {
      try log.note(error.problem)
      return nil
    }
  }

  /// The box of an object, cut to the image; nil where it is left out.
  mutating func box(
    _ object: PascalVOC.Annotation.Object,
    in size: PixelSize,
    path: String
  ) throws(DataError) -> TrueBox? {
    guard let category = places[object.name] else {
      try log.note(
        DataProblem(
          .unknownClass,
          path: path,
          line: object.nameLine > 0 ? object.nameLine : object.line,
          message: object.name.isEmpty
            ? "the object has no name; it is left out"
            : "'\(object.name)' is not among the classes; the object is left out"
        )
      )
      return nil
    }
    let line = object.boxLine ?? object.line
    guard let edges = object.box else {
      try log.note(
        DataProblem(
          .brokenAnnotation,
          path: path,
          line: line,
          message: "the box lacks one of xmin, ymin, xmax, ymax as a number; it is left out"
        )
      )
      return nil
    }
    let text = "(\(edges.left), \(edges.top)) to (\(edges.right), \(edges.bottom))"
    guard edges.right > edges.left, edges.bottom > edges.top else {
      try log.note(
        DataProblem(
          .degenerateBox,
          path: path,
          line: line,
          message: "the box \(text) is empty; it is left out"
        )
      )
      return nil
    }
    let last = (x: Double(size.width - 1), y: Double(size.height - 1))
    let box = Box(
      left: min(max(0, edges.left), last.x),
      top: min(max(0, edges.top), last.y),
      right: min(max(0, edges.right), last.x),
      bottom: min(max(0, edges.bottom), last.y)
    )
    // One pixel beyond is how files counting from 1, or to the far edge, write the last pixel.
    let isFar =
      edges.left < 0 || edges.top < 0 || edges.right > last.x + 1 || edges.bottom > last.y + 1
    let isLeft = box.width <= 0 || box.height <= 0
    if isFar || isLeft {
      let place = "the image of \(size.width) x \(size.height)"
      try log.note(
        DataProblem(
          isFar ? .outsideBox : .degenerateBox,
          path: path,
          line: line,
          message: isFar
            ? "the box \(text) leaves \(place); " + (isLeft ? "it is left out" : "it is cut")
            : "the box \(text) has no extent before the edge of \(place); it is left out"
        )
      )
    }
    guard !isLeft else { return nil }
    return TrueBox(
      image: entries.count,
      category: category,
      box: box,
      isDifficult: object.isDifficult
    )
  }

  /// The boxes without those that stand twice, which would count as missed once.
  mutating func withoutRepeats(
    _ boxes: [TrueBox],
    _ annotation: PascalVOC.Annotation,
    path: String
  ) throws(DataError) -> [TrueBox] {
    var seen: Set<TrueBox> = []
    var kept: [TrueBox] = []
    for box in boxes {
      if seen.insert(box).inserted {
        kept.append(box)
      } else {
        let object = annotation.objects.last { object in
          object.name == classes[box.category] && object.box.map { $0.left == box.box.x } == true
        }
        try log.note(
          DataProblem(
            .duplicate,
            path: path,
            line: object?.boxLine,
            message: "the same \(classes[box.category]) stands here twice; one is left out"
          )
        )
      }
    }
    return kept
  }
}
