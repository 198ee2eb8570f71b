internal import Files
internal import Metrics

extension Dataset {
  /// The hexadecimal SHA-256 of the images' names and all that is labelled in them.
  package var contentHash: String {
    var text = classes.joined(separator: "\n") + "\n"
    for entry in entries {
      text += "\(entry.id) \(entry.size.map { "\($0.width)x\($0.height)" } ?? "-")"
      for object in entry.objects {
        let box = object.box
        text += " \(object.category):\(box.x),\(box.y),\(box.width),\(box.height)"
        text += object.isCrowd ? "c" : ""
        text += object.isDifficult ? "d" : ""
      }
      if let official = entry.official {
        let boxes = official.faces.map { "\($0.x),\($0.y),\($0.width),\($0.height)" }
        text += " official \(boxes) \(official.asked)"
      }
      text += "\n"
    }
    return SHA256.hexadecimal(of: Array(text.utf8).span)
  }
}
