/// The detections of one class, best first, and the same image by image.
struct ClassDetections: Sendable {
  /// The detections of one image.
  struct Run: Sendable {
    let image: Int32
    /// Where they stand in ``ClassDetections/grouped``.
    let range: Range<Int>
  }

  /// Places in the list of detections, by score from high to low; ties by image, then by place.
  let ranked: [Int32]
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
    var runOf = [Int32](repeating: 0, count: places.count)
    var bounds: [(image: Int32, start: Int)] = []
    for (offset, place) in places.enumerated() {
      let detection = detections[Int(place)]
      let image = Int32(truncatingIfNeeded: detection.image)
      if bounds.last?.image != image { bounds.append((image, offset)) }
      runOf[offset] = Int32(truncatingIfNeeded: bounds.count - 1)
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
    let first = places.startIndex
    ranked = keys.map { places[first + Int($0.offset)] }
    runs = bounds.indices.map { index in
      let end = index + 1 < bounds.count ? bounds[index + 1].start : keys.count
      return Run(image: bounds[index].image, range: bounds[index].start..<end)
    }
  }

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
