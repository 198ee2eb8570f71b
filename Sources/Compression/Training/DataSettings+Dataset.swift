package import Datasets
import Metrics
import PluginHost

extension DataSettings {
  /// The labelled images of a split.
  ///
  /// - Parameters:
  ///   - split: a list.
  ///   - base: the folder that relative paths start from.
  /// - Returns: the images, with what was wrong in them.
  /// - Throws: `DataError`; ``TrainingError/unusable(_:)``.
  package func dataset(_ split: Split, base: String) throws -> Dataset {
    let root = RecipeRun.path(self.root, from: base)
    let names = classes.isEmpty ? nil : classes
    switch format {
    case .voc:
      return try PascalVOC.read(
        [PascalVOC.Part(root: root, list: split.list)],
        classes: names,
        policy: faults
      )
    case .wider:
      // A split's name, or a list and the folder of its images.
      let places = WIDERFace.places(root: root, split: split.list)
      let isFile = split.list.hasSuffix(".txt")
      return try WIDERFace.read(
        list: isFile ? RecipeRun.path(split.list, from: root) : places.list,
        images: split.images.map { RecipeRun.path($0, from: root) }
          ?? (isFile ? root : places.images),
        policy: faults
      )
    case .coco:
      throw TrainingError.unusable("data of the format '\(format.rawValue)' cannot be read yet")
    }
  }
}

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
      text += "\n"
    }
    return SHA256.hexadecimal(of: Array(text.utf8).span)
  }
}
