/// The detections of one class, best first, and the same image by image.
struct ClassDetections: Sendable {
  /// The detections of one image.
  struct Run: Sendable {
    let image: Int32
    /// Where they stand in ``ClassDetections/grouped``.
    let range: Range<Int>
  }

  /// Places in ``boxes``, by score from high to low; ties by image, then by place in the whole list.
  let ranked: [Int32]
  /// The boxes, image by image; near each other in memory, where the whole list is in any order.
  let boxes: [Box]
  /// The image of each box.
  let images: [Int32]
  /// Places in ``ranked``, image by image, each image's best first.
  let grouped: [Int32]
  /// The images that have any, in order.
  let runs: [Run]

  /// Sorts what one class has.
  ///
  /// - Parameters:
  ///   - places: places in `detections` by image, then as they stand.
  ///   - detections: the whole list.
  init(_ places: ArraySlice<Int32>, of detections: [DetectedBox]) {
    var keys: [(score: Double, offset: Int32)] = []
    keys.reserveCapacity(places.count)
    var boxes: [Box] = []
    boxes.reserveCapacity(places.count)
    var images: [Int32] = []
    images.reserveCapacity(places.count)
    var runOf = [Int32](repeating: 0, count: places.count)
    var bounds: [(image: Int32, start: Int)] = []
    for (offset, place) in places.enumerated() {
      let detection = detections[Int(place)]
      let image = Int32(truncatingIfNeeded: detection.image)
      if bounds.last?.image != image { bounds.append((image, offset)) }
      runOf[offset] = Int32(truncatingIfNeeded: bounds.count - 1)
      boxes.append(detection.box)
      images.append(image)
      let score = detection.score
      keys.append((score.isNaN ? -.infinity : score, Int32(truncatingIfNeeded: offset)))
    }
    keys.sort { $0.score > $1.score || ($0.score == $1.score && $0.offset < $1.offset) }
    var cursors = bounds.map(\.start)
    var grouped = [Int32](repeating: 0, count: keys.count)
    for (rank, key) in keys.enumerated() {
      let run = Int(runOf[Int(key.offset)])
      grouped[cursors[run]] = Int32(truncatingIfNeeded: rank)
      cursors[run] += 1
    }
    self.grouped = grouped
    self.boxes = boxes
    self.images = images
    ranked = keys.map(\.offset)
    runs = bounds.indices.map { index in
      let end = index + 1 < bounds.count ? bounds[index + 1].start : keys.count
      return Run(image: bounds[index].image, range: bounds[index].start..<end)
    }
  }

  /// The box at a place in ``grouped``.
  func box(_ place: Int) -> Box { boxes[Int(ranked[Int(grouped[place])])] }

  /// The images in the order of ``ranked``.
  var rankedImages: [Int32] { ranked.map { images[Int($0)] } }

  /// Every class's detections.
  static func all(_ detections: [DetectedBox], images: Int, classes: Int) -> [ClassDetections] {
    let sorted = CountingSort.byClassAndImage(
      count: detections.count,
      images: images,
      classes: classes,
      image: { detections[$0].image },
      category: { detections[$0].category }
    )
    return concurrentMap(classes) { index in
      ClassDetections(
        sorted.places[sorted.starts[index]..<sorted.starts[index + 1]],
        of: detections
      )
    }
  }
}
