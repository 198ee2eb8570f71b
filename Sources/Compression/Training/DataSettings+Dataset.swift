package import Datasets
import Files
import Metrics

extension DataSettings {
  /// The labelled images of a split.
  ///
  /// - Parameters:
  ///   - split: a list.
  ///   - base: the folder that relative paths start from.
  /// - Returns: the images, with what was wrong in them.
  /// - Throws: `DataError`; ``TrainingError/unusable(_:)``.
  package func dataset(_ split: Split, base: String) throws -> Dataset {
    let root = FilePath.path(self.root, from: base)
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
        list: isFile ? FilePath.path(split.list, from: root) : places.list,
        images: split.images.map { FilePath.path($0, from: root) }
          ?? (isFile ? root : places.images),
        policy: faults
      )
    case .coco:
      let places = COCOAnnotations.places(root: root, name: split.list)
      let images = split.images.map { FilePath.path($0, from: root) } ?? places.images
      let dataset = try COCOAnnotations(places.file, images: images, faults: faults).dataset
      if let names, names != dataset.classes {
        throw TrainingError.unusable(
          "'classes' of the recipe are not those of \(places.file): \(dataset.classes.joined(separator: ", "))"
        )
      }
      return dataset
    case .images:
      return try ImageFolder.read(FilePath.path(split.list, from: root))
    }
  }
}

extension Dataset {
  /// The same with boxes that end at their last pixel: x2 = x1 + max(0, w - 1), as PaddleDetection 0.2 trains on COCO.
  var endingAtLastPixels: Dataset {
    var dataset = self
    for entry in entries.indices {
      for object in entries[entry].objects.indices {
        dataset.entries[entry].objects[object].box.width -= 1
        dataset.entries[entry].objects[object].box.height -= 1
      }
      // A box of one pixel or less has no extent then.
      dataset.entries[entry].objects.removeAll { $0.box.width <= 0 || $0.box.height <= 0 }
    }
    return dataset
  }

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
