internal import Files
internal import Metrics

extension FormatWriter {
  /// `annotations/instances_PART.json`, and the images in a folder of the part's name.
  static let coco = FormatWriter(
    format: .coco,
    losses: { set in
      loss(
        count(set, \.isDifficult),
        "difficult objects are ordinary ones now: the format has no mark"
      )
    },
    image: { item, part in "\(part)/\(item.name)" },
    files: { set in
      let numbers = numbers(set)
      return set.parts.map { part in
        (
          "annotations/instances_\(part.name).json",
          annotations(part, set.classes, numbers).line + "\n"
        )
      }
    }
  )

  /// The images' own numbers where each has one, else their places.
  private static func numbers(_ set: ConvertedSet) -> [String: Int] {
    let items = set.items
    let own = items.compactMap(\.number)
    let isNumbered = own.count == items.count && Set(own).count == own.count
    return Dictionary(
      items.enumerated().map { ($1.stem, isNumbered ? $1.number ?? 0 : $0 + 1) }
    ) { first, _ in first }
  }

  private static func annotations(
    _ part: ConvertedSet.Part,
    _ classes: [String],
    _ numbers: [String: Int]
  ) -> JSONValue {
    var rows: [JSONValue] = []
    var images: [JSONValue] = []
    for item in part.items {
      let image = numbers[item.stem] ?? 0
      images.append([
        "id": .int(image), "file_name": .string(item.name), "width": .int(item.size.width),
        "height": .int(item.size.height),
      ])
      for object in item.objects {
        let box = object.box
        rows.append([
          "id": .int(rows.count + 1), "image_id": .int(image),
          "category_id": .int(object.category + 1),
          "bbox": .array([box.x, box.y, box.width, box.height].map(rounded)),
          "area": rounded(object.area), "iscrowd": .int(object.isCrowd ? 1 : 0),
        ])
      }
    }
    let categories = classes.enumerated().map { place, name in
      ["id": .int(place + 1), "name": .string(name)] as JSONValue
    }
    return [
      "images": .array(images), "annotations": .array(rows), "categories": .array(categories),
    ]
  }

  /// To a millionth of a pixel, which takes the noise of reckoning off.
  private static func rounded(_ value: Double) -> JSONValue {
    let rounded = (value * 1e6).rounded() / 1e6
    return Int(exactly: rounded).map { .int($0) } ?? .double(rounded)
  }
}
