import Datasets

/// Where a network that is trained says the classes of the data.
package struct LearnedClasses: Sendable, Hashable {
  /// For each class of the data its place among the network's; nil where they are the same.
  private let places: [Int?]?
  /// The data's classes that the network lacks.
  package let missing: [String]

  /// - Parameters:
  ///   - places: for each class of the network its place among the data's; nil where they are the same.
  ///   - data: the data's names.
  package init(_ places: [Int?]? = nil, data: [String] = []) {
    guard let places else {
      self.places = nil
      missing = []
      return
    }
    let found: [Int?] = data.indices.map { places.firstIndex(of: $0) }
    self.places = found
    missing = zip(data, found).filter { $0.1 == nil }.map(\.0)
  }

  /// Refuses data with classes that the network does not tell.
  ///
  /// - Throws: ``DetectionError/unsupported(task:_:)`` with the classes.
  package func require(for task: String) throws(DetectionError) {
    guard !missing.isEmpty else { return }
    throw .unsupported(
      task: task,
      "the network has no class for the data's \(missing.joined(separator: ", ")); "
        + "leave them out by the data's 'classes', or give the network's names by the task's 'names'"
    )
  }

  /// The network's class for one of the data's.
  func place(of category: Int) -> Int? {
    guard let places else { return category }
    return places.indices.contains(category) ? places[category] : nil
  }
}

/// A labelled box as losses of foreign detectors take it.
struct LabelledBox: Sendable, Hashable {
  let box: Edges
  /// The network's class.
  let category: Int
  /// How much it counts.
  let weight: Double

  /// The boxes of a batch that count: those with an extent and a weight.
  ///
  /// - Parameters:
  ///   - targets: labels.
  ///   - classes: where the network says their classes.
  ///   - count: how many classes the network has.
  ///   - width: of the picture, in the unit wanted.
  ///   - height: of the picture.
  ///   - task: for messages.
  /// - Returns: the boxes of each image.
  /// - Throws: ``DetectionError`` for a box that is not finite or of a class that the network lacks.
  static func boxes(
    of targets: [[TargetBox]],
    _ classes: LearnedClasses,
    count: Int,
    width: Double,
    height: Double,
    task: String
  ) throws(DetectionError) -> [[LabelledBox]] {
    var images: [[LabelledBox]] = []
    for (image, boxes) in targets.enumerated() {
      var found: [LabelledBox] = []
      for box in boxes {
        let numbers = [box.centerX, box.centerY, box.width, box.height, box.weight]
        guard numbers.allSatisfy(\.isFinite) else {
          throw .unsupported(
            task: task,
            "image \(image) of the batch has a box that is not finite: \(numbers)"
          )
        }
        guard let category = classes.place(of: box.category), (0..<count).contains(category) else {
          throw .unsupported(
            task: task,
            "image \(image) of the batch has a box of class \(box.category), which is none of the network's \(count)"
          )
        }
        guard box.width > 0, box.height > 0, box.weight > 0 else { continue }
        let edges = Edges(
          x: Double(box.centerX) * width,
          y: Double(box.centerY) * height,
          width: Double(box.width) * width,
          height: Double(box.height) * height
        )
        found.append(LabelledBox(box: edges, category: category, weight: Double(box.weight)))
      }
      images.append(found)
    }
    return images
  }
}
