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
    /// How the annotations write ``id``.
    package var idForm: IDForm
    /// Where the objects are written, one line each, for messages about them; nil where no line is known.
    package var source: Source?
    /// The faces as WIDER FACE's own lists have them and which each subset asks for; nil where those lists are not there.
    package var official: WiderFaceImage?

    /// A name without its ending, or COCO's number or text.
    package enum IDForm: Sendable, Hashable {
      case stem, number, text
    }

    /// Lines of a list of objects.
    package struct Source: Sendable, Hashable {
      package var path: String
      package var lines: [Int]

      package init(path: String, lines: [Int]) {
        self.path = path
        self.lines = lines
      }
    }

    package init(
      path: String,
      id: String,
      size: PixelSize?,
      objects: [TrueBox],
      idForm: IDForm = .stem,
      source: Source? = nil,
      official: WiderFaceImage? = nil
    ) {
      self.path = path
      self.id = id
      self.size = size
      self.objects = objects
      self.idForm = idForm
      self.source = source
      self.official = official
    }
  }

  /// Class names; a box's `category` is a place in this list.
  package var classes: [String]
  package var entries: [Entry]
  /// What was wrong with the files and what became of it, in the order of reading.
  package var problems: [DataProblem]
  /// What is to be said of the data that is no fault, such as how images without lists were split.
  package var notes: [String]
  /// Where the boxes end.
  package var edges: BoxEdges

  package init(
    classes: [String],
    entries: [Entry],
    problems: [DataProblem] = [],
    notes: [String] = [],
    edges: BoxEdges = .learnedToLastPixel
  ) {
    self.classes = classes
    self.entries = entries
    self.problems = problems
    self.notes = notes
    self.edges = edges
  }

  /// Every labelled box of every entry, in order.
  package var truths: [TrueBox] { entries.flatMap(\.objects) }

  /// How many images and boxes there are, in words, and the notes; a folder of pictures has no classes, and so no boxes to count.
  package var summary: String {
    let boxes = entries.reduce(0) { $0 + $1.objects.count }
    let counts =
      "\(entries.count) images " + (classes.isEmpty ? "without labels" : "with \(boxes) boxes")
    return ([counts] + notes).joined(separator: "; ")
  }
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
