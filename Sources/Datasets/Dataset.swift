package import Metrics

/// Labelled images as a folder or an annotation file lists them; pixels are read only when asked for.
package struct Dataset: Sendable {
  /// One image and what is labelled in it.
  package struct Entry: Sendable, Hashable {
    /// The image's path.
    package var path: String
    /// The name by which results files speak of the image: COCO's id, VOC's and WIDER FACE's stem.
    package var id: String
    /// Width and height in pixels as the annotation states them; nil where it does not.
    package var size: PixelSize?
    /// What is labelled; `image` is this entry's place in ``Dataset/entries``.
    package var objects: [TrueBox]

    package init(path: String, id: String, size: PixelSize?, objects: [TrueBox]) {
      self.path = path
      self.id = id
      self.size = size
      self.objects = objects
    }
  }

  /// Class names; a box's `category` is a place in this list.
  package var classes: [String]
  package var entries: [Entry]
  /// What was wrong with the files and what became of it, in the order of reading.
  package var problems: [DataProblem]

  package init(classes: [String], entries: [Entry], problems: [DataProblem] = []) {
    self.classes = classes
    self.entries = entries
    self.problems = problems
  }

  /// Every labelled box of every entry, in order.
  package var truths: [TrueBox] { entries.flatMap(\.objects) }
}

/// Width and height in pixels.
package struct PixelSize: Sendable, Hashable {
  package var width: Int
  package var height: Int

  package init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }
}
