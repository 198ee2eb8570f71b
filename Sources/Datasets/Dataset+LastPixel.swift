internal import Metrics

extension Dataset {
  /// The same with boxes that end at their last pixel: x2 = x1 + max(0, w - 1), as PaddleDetection 0.2 trains on COCO.
  package var endingAtLastPixels: Dataset {
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
}
