internal import Dispatch
internal import Metrics
internal import Synchronization

/// What decoding every image of a data set shows, beside what reading its annotations did.
package struct DatasetCheck: Sendable {
  package var dataset: Dataset
  /// Everything wrong: the annotations' problems, then the images', in order.
  package var problems: [DataProblem]
  /// Boxes of each class.
  package var boxesPerClass: [Int]
  /// Images without objects.
  package var emptyImages: Int
  package var difficultBoxes: Int
  package var crowdBoxes: Int
  /// Sizes of the images that could be decoded, and how many have each, the most frequent first.
  package var sizes: [(size: PixelSize, count: Int)]

  /// Decodes every image, once each, on threads.
  ///
  /// - Parameters:
  ///   - dataset: as a reader gave it.
  ///   - limit: the most pixels to decode.
  ///   - threads: how many decode at once.
  ///   - progress: told how many images are done, from one thread at a time.
  package init(
    _ dataset: Dataset,
    limit: Int = Picture.defaultLimit,
    threads: Int = 2,
    progress: @Sendable (Int) -> Void = { _ in }
  ) {
    struct State {
      var done = 0
      var problems: [Int: [DataProblem]] = [:]
      var sizes: [PixelSize: Int] = [:]
    }
    let state = Mutex(State())
    let count = dataset.entries.count
    let stripes = max(1, min(threads, count))
    DispatchQueue.concurrentPerform(iterations: stripes) { stripe in
      for index in stride(from: stripe, to: count, by: stripes) {
        let (size, problems) = Self.look(at: dataset.entries[index], limit: limit)
        state.withLock { state in
          state.done += 1
          if let size { state.sizes[size, default: 0] += 1 }
          if !problems.isEmpty { state.problems[index] = problems }
          progress(state.done)
        }
      }
    }
    let found = state.withLock { $0 }
    self.dataset = dataset
    problems = dataset.problems + found.problems.sorted { $0.key < $1.key }.flatMap(\.value)
    var boxes = [Int](repeating: 0, count: dataset.classes.count)
    let truths = dataset.truths
    for truth in truths where boxes.indices.contains(truth.category) { boxes[truth.category] += 1 }
    boxesPerClass = boxes
    emptyImages = dataset.entries.count(where: \.objects.isEmpty)
    difficultBoxes = truths.count(where: \.isDifficult)
    crowdBoxes = truths.count(where: \.isCrowd)
    sizes = found.sizes.sorted {
      ($1.value, $0.key.width, $0.key.height) < ($0.value, $1.key.width, $1.key.height)
    }.map { ($0.key, $0.value) }
  }

  /// The number of problems of each kind that occurs, in the order of the kinds.
  package var problemCounts: [(kind: DataProblem.Kind, count: Int)] {
    DataProblem.Kind.allCases.compactMap { kind in
      let count = problems.count { $0.kind == kind }
      return count > 0 ? (kind, count) : nil
    }
  }

  /// Boxes that leave their image.
  private static func outside(_ entry: Dataset.Entry, _ size: PixelSize) -> [DataProblem] {
    entry.objects.indices.compactMap { index in
      guard let border = BoxBorder(entry.objects[index].box, in: size) else { return nil }
      let lines = entry.source?.lines ?? []
      return DataProblem(
        .outsideBox,
        path: entry.source?.path ?? entry.path,
        line: lines.indices.contains(index) ? lines[index] : nil,
        message: "\(border.found); \(border.done)"
      )
    }
  }

  private static func look(
    at entry: Dataset.Entry,
    limit: Int
  ) -> (PixelSize?, [DataProblem]) {
    do throws(PictureError) {
      let decoded = try Picture.readWhatIsThere(entry.path, limit: limit)
      var problems: [DataProblem] = []
      if let damage = decoded.damage {
        problems.append(PictureError.damaged(path: entry.path, reason: damage).problem)
      }
      if let problem = ImageReading.sizeProblem(of: entry, decoded.picture.size) {
        problems.append(problem)
      }
      // Boxes of a stated size were compared with it when they were read.
      if entry.size == nil { problems += outside(entry, decoded.picture.size) }
      return (decoded.picture.size, problems)
    } catch { return (nil, [error.problem]) }
  }
}
