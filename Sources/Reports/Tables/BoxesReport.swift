package import Files
package import Metrics

/// What a detector found on pictures.
package struct BoxesReport {
  /// A box with the name of its class.
  package struct Found: Sendable, Hashable {
    package let name: String
    package let detection: DetectedBox

    package init(name: String, detection: DetectedBox) {
      self.name = name
      self.detection = detection
    }
  }

  /// A picture, where its boxes were drawn, and the boxes, best first.
  package struct Picture: Sendable, Hashable {
    package let path: String
    package let drawn: String
    package let boxes: [Found]

    package init(path: String, drawn: String, boxes: [Found]) {
      self.path = path
      self.drawn = drawn
      self.boxes = boxes
    }
  }

  private let model: String
  private let task: String
  private let pictures: [Picture]

  package init(model: String, task: String, pictures: [Picture]) {
    self.model = model
    self.task = task
    self.pictures = pictures
  }

  /// The table, for people.
  package var text: String {
    var text = "\(model): boxes by the task '\(task)'\n"
    for picture in pictures {
      text += "\n\(picture.path): \(picture.boxes.count) boxes, drawn in \(picture.drawn)\n"
      guard !picture.boxes.isEmpty else { continue }
      var table = TextTable([
        .words("class"), .numbers("score"), .numbers("left"), .numbers("top"), .numbers("right"),
        .numbers("bottom"),
      ])
      for found in picture.boxes {
        let box = found.detection.box
        table.add(
          [found.name, Figures.fixed(found.detection.score, 3)]
            + [box.x, box.y, box.right, box.bottom].map { Figures.fixed($0, 1) }
        )
      }
      text += table.text
    }
    return text
  }

  /// The same as JSON, on the schema `espalier.boxes/1` of docs/cli.md.
  package var json: JSONValue {
    [
      "schema": "espalier.boxes/1",
      "model": .string(model),
      "task": .string(task),
      "images": .array(
        pictures.map { picture in
          [
            "image": .string(picture.path), "drawn": .string(picture.drawn),
            "boxes": .array(
              picture.boxes.map { found in
                let box = found.detection.box
                return [
                  "class": .string(found.name), "category": .int(found.detection.category),
                  "score": .double(found.detection.score), "left": .double(box.x),
                  "top": .double(box.y), "right": .double(box.right),
                  "bottom": .double(box.bottom),
                ]
              }
            ),
          ]
        }
      ),
    ]
  }
}
