/// The matches of one stretch of a class's images, in the order of ``ClassDetections/grouped``.
struct COCOBlockMatches: Sendable {
  /// Where the stretch begins in ``ClassDetections/grouped``.
  let start: Int
  /// Places within the image; 255 beyond the limit.
  private(set) var ranks: [UInt8] = []
  private(set) var matched: [SIMD4<UInt16>] = []
  private(set) var ignored: [SIMD4<UInt16>] = []

  /// An object that overlaps enough to be found by a detection.
  private struct Candidate {
    let truth: Int
    let overlap: Double
    /// The thresholds that the overlap reaches.
    let reached: UInt16
  }

  /// One image's objects while its detections are handed out.
  private struct Objects {
    /// Ranges of areas in which the object is not asked for.
    var ignored: [UInt8] = []
    /// The thresholds at which it is taken, by range of areas.
    var taken: [SIMD4<UInt16>] = []
  }

  init(_ block: DetectionBlock, _ sorted: ClassDetections, _ truths: ClassTruths) {
    start = block.runs.first.map { sorted.runs[$0].range.lowerBound } ?? 0
    let end = block.runs.last.map { sorted.runs[$0].range.upperBound } ?? 0
    ranks.reserveCapacity(end - start)
    matched.reserveCapacity(end - start)
    ignored.reserveCapacity(end - start)
    var objects = Objects()
    var candidates: [Candidate] = []
    block.forEachImage(sorted, truths) { range, places in
      objects.ignored.removeAll(keepingCapacity: true)
      objects.taken.removeAll(keepingCapacity: true)
      for place in places {
        let truth = truths.boxes[place]
        objects.ignored.append(truth.isExcused ? 0b1111 : COCORules.outside(truth.area))
        objects.taken.append(.zero)
      }
      let limit = COCORules.limits[2]
      for (rank, place) in range.enumerated() {
        guard rank < limit else {
          append(rank: .max, .zero, .zero)
          continue
        }
        let box = sorted.box(place)
        Self.find(&candidates, box, truths, places)
        match(box, UInt8(truncatingIfNeeded: rank), candidates, truths, places, &objects)
      }
    }
  }

  private mutating func append(rank: UInt8, _ found: SIMD4<UInt16>, _ excused: SIMD4<UInt16>) {
    ranks.append(rank)
    matched.append(found)
    ignored.append(excused)
  }

  /// Objects that reach the lowest threshold, best overlap first; of equal ones the later first, as the reference has it.
  private static func find(
    _ candidates: inout [Candidate],
    _ box: Box,
    _ truths: ClassTruths,
    _ places: Range<Int>
  ) {
    candidates.removeAll(keepingCapacity: true)
    for place in places {
      let truth = truths.boxes[place]
      let overlap = COCORules.overlap(box, truth.box, isCrowd: truth.isCrowd)
      guard overlap >= COCORules.thresholds[0] else { continue }
      var reached: UInt16 = 0
      for (bit, threshold) in COCORules.thresholds.enumerated() where overlap >= threshold {
        reached |= 1 << bit
      }
      let candidate = Candidate(
        truth: place - places.lowerBound,
        overlap: overlap,
        reached: reached
      )
      let position = candidates.firstIndex { $0.overlap <= overlap } ?? candidates.count
      candidates.insert(candidate, at: position)
    }
  }

  /// Gives a detection, at every threshold at once, the best object that is free: one that is asked for before one that is not.
  private mutating func match(
    _ box: Box,
    _ rank: UInt8,
    _ candidates: [Candidate],
    _ truths: ClassTruths,
    _ places: Range<Int>,
    _ objects: inout Objects
  ) {
    let outside = COCORules.outside(box.area)
    var found = SIMD4<UInt16>.zero
    var excused = SIMD4<UInt16>.zero
    // Most detections find nothing.
    if candidates.isEmpty {
      for area in 0..<4 where outside >> area & 1 == 1 { excused[area] = COCORules.everyThreshold }
      return append(rank: rank, found, excused)
    }
    for area in 0..<4 {
      var open = COCORules.everyThreshold
      for candidate in candidates where objects.ignored[candidate.truth] >> area & 1 == 0 {
        let take = open & candidate.reached & ~objects.taken[candidate.truth][area]
        objects.taken[candidate.truth][area] |= take
        open &= ~take
      }
      for candidate in candidates where objects.ignored[candidate.truth] >> area & 1 == 1 {
        // A crowd can be found any number of times.
        let isCrowd = truths.boxes[places.lowerBound + candidate.truth].isCrowd
        let free = isCrowd ? .max : ~objects.taken[candidate.truth][area]
        let take = open & candidate.reached & free
        objects.taken[candidate.truth][area] |= take
        excused[area] |= take
        open &= ~take
      }
      found[area] = COCORules.everyThreshold & ~open
      if outside >> area & 1 == 1 { excused[area] |= open }
    }
    append(rank: rank, found, excused)
  }
}
