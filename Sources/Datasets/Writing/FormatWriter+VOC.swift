internal import Metrics

extension FormatWriter {
  /// `Annotations/`, `JPEGImages/` and `ImageSets/Main/PART.txt`.
  static let voc = FormatWriter(
    format: .voc,
    losses: { set in
      let used = Set(set.items.flatMap { $0.objects.map(\.category) })
      let unused = set.classes.indices.count { !used.contains($0) }
      let isOrdered = set.classes == set.classes.sorted() || set.classes == PascalVOC.classes
      return loss(
        count(set) { $0.isCrowd && !$0.isDifficult },
        "crowds are difficult objects now: the format has none"
      )
        + loss(
          count(set, isTooSmall),
          "boxes of one pixel or less are left out: the format has none"
        )
        + loss(ownAreas(set), "areas of masks are their boxes' now")
        + loss(unused, "classes have no object, and the format lists no classes")
        + (isOrdered
          ? []
          : ["the format has no order of classes: readers sort them; 'classes' gives their order"])
    },
    image: { item, _ in "JPEGImages/\(item.name)" },
    files: { set in
      set.items.map { ("Annotations/\($0.stem).xml", annotation($0, set.classes)) }
        + set.parts.map { part in
          (
            "ImageSets/Main/\(part.name).txt",
            part.items.map { "\($0.stem)\n" }.joined()
          )
        }
    }
  )

  /// Whether a box ends before its last pixel, which begins it.
  private static func isTooSmall(_ object: TrueBox) -> Bool {
    object.box.width <= 1 || object.box.height <= 1
  }

  private static func annotation(_ item: ConvertedSet.Item, _ classes: [String]) -> String {
    var text = """
      <annotation>
        <folder>JPEGImages</folder>
        <filename>\(escaped(item.name))</filename>
        <size><width>\(item.size.width)</width><height>\(item.size.height)</height><depth>3</depth></size>
        <segmented>0</segmented>\n
      """
    for object in item.objects where !isTooSmall(object) {
      let box = object.box
      let edges = [box.x, box.y, box.right - 1, box.bottom - 1].map { number($0, decimals: 4) }
      text += """
          <object>
            <name>\(escaped(classes[object.category]))</name>
            <difficult>\(object.isExcused ? 1 : 0)</difficult>
            <bndbox>
              <xmin>\(edges[0])</xmin>
              <ymin>\(edges[1])</ymin>
              <xmax>\(edges[2])</xmax>
              <ymax>\(edges[3])</ymax>
            </bndbox>
          </object>\n
        """
    }
    return text + "</annotation>\n"
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}
