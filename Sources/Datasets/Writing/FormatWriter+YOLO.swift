internal import Files
internal import Metrics

extension FormatWriter {
  /// `data.yaml`, `images/PART` and `labels/PART`.
  static let yolo = FormatWriter(
    format: .yolo,
    losses: { set in
      loss(count(set, \.isCrowd), "crowds are left out: the format has none")
        + loss(
          count(set, \.isDifficult),
          "difficult objects are ordinary ones now: the format has no mark"
        )
        + loss(ownAreas(set), "areas of masks are their boxes' now")
    },
    image: { item, part in "images/\(key(part))/\(item.name)" },
    files: { set in
      [("data.yaml", description(set))]
        + set.parts.flatMap { part in
          part.items.map { ("labels/\(key(part.name))/\($0.stem).txt", rows($0)) }
        }
    }
  )

  /// The name that Ultralytics has for a part, where it has one.
  private static func key(_ part: String) -> String {
    for name in SeededSplit.names where part == name || part.hasPrefix("\(name)20") { return name }
    return ["valid", "validation"].contains(part) ? "val" : part
  }

  private static func description(_ set: ConvertedSet) -> String {
    let lists = set.parts.map { "\(quoted(key($0.name))): \(quoted("images/\(key($0.name))"))\n" }
    let names = set.classes.enumerated().map { "  \($0): \(quoted($1))\n" }
    return lists.joined() + "names:\n" + names.joined()
  }

  private static func quoted(_ text: String) -> String {
    let plain = text.allSatisfy { $0.isASCII && ($0.isLetter || $0 == "/" || $0 == "_") }
    let isWord = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"]
      .contains(text.lowercased())
    guard !plain || isWord || text.isEmpty else { return text }
    return JSONValue.string(text).line
  }

  private static func rows(_ item: ConvertedSet.Item) -> String {
    let (width, height) = (Double(item.size.width), Double(item.size.height))
    return item.objects.filter { !$0.isCrowd }.map { object in
      let box = object.box
      let values = [
        (box.x + box.width / 2) / width, (box.y + box.height / 2) / height, box.width / width,
        box.height / height,
      ]
      return "\(object.category)" + values.map { " " + number($0, decimals: 10) }.joined() + "\n"
    }.joined()
  }
}
