import Datasets
import Foundation
import Metrics
import TestSupport
import Testing

struct TrainingBatchesTests {
  /// Eleven small images, each with boxes of its own.
  private static func folder() throws -> VOCFolder {
    let folder = try VOCFolder()
    let stems = (0..<11).map { "image\($0)" }
    for (number, stem) in stems.enumerated() {
      let right = "\(20 + 5 * number)"
      try folder.add(
        stem,
        objects: [("dog", "3", "4", right, "40"), ("cat", "10", "10", "60", "70")]
      )
    }
    try folder.list(stems)
    return folder
  }

  private static func plan(
    _ augmentation: Augmentation,
    seed: UInt64 = 7,
    last: TrainingPlan.LastBatch = .fill
  ) -> TrainingPlan {
    TrainingPlan(
      batchSize: 4,
      size: PixelSize(width: 64, height: 64),
      augmentation: augmentation,
      seed: seed,
      lastBatch: last
    )
  }

  private static func small(_ name: String) throws -> Augmentation {
    var augmentation = try #require(Augmentation.preset(name))
    if !augmentation.sides.isEmpty { augmentation.sides = [64, 96, 128] }
    return augmentation
  }

  @Test(arguments: Augmentation.presets.map(\.name))
  func `a step's bits do not depend on threads, cache, or what was asked before`(
    name: String
  ) throws {
    let folder = try Self.folder()
    let data = try folder.read()
    let plan = Self.plan(try Self.small(name))
    var seen: [[Int: ImageBatch]] = []
    for (threads, cache) in [(1, 0), (2, 1 << 24), (5, 50_000)] {
      let batches = try TrainingBatches(
        data,
        plan: plan,
        reading: ImageReading(cacheBytes: cache, threads: threads)
      )
      var found: [Int: ImageBatch] = [:]
      let order = threads == 5 ? [6, 2, 3, 0, 5, 1, 4] : Array(0...6)
      for step in order { found[step] = try batches.batch(step) }
      seen.append(found)
    }
    for step in 0...6 {
      for other in seen.dropFirst() {
        let (a, b) = (try #require(seen[0][step]), try #require(other[step]))
        #expect(a.pixels == b.pixels && a.targets == b.targets && a.indices == b.indices)
        #expect(a.pixels.count == 4 * 3 * a.size.width * a.size.height)
      }
    }
  }

  @Test func `an epoch shows every image, the last batch is filled from its start`() throws {
    let folder = try Self.folder()
    let batches = try TrainingBatches(try folder.read(), plan: Self.plan(.none))
    #expect(batches.batchesPerEpoch == 3)
    let first = try (0..<3).flatMap { try batches.batch($0).indices }
    let second = try (3..<6).flatMap { try batches.batch($0).indices }
    #expect(Set(first.prefix(11)) == Set(0..<11) && first.last == first.first)
    #expect(Set(second.prefix(11)) == Set(0..<11))
    #expect(first != second)
    let dropped = try TrainingBatches(try folder.read(), plan: Self.plan(.none, last: .drop))
    #expect(dropped.batchesPerEpoch == 2)
    #expect(try (0..<2).flatMap { try dropped.batch($0).indices } == Array(first.prefix(8)))
  }

  @Test func `seeds give other orders and other augmentation`() throws {
    let folder = try Self.folder()
    let data = try folder.read()
    let a = try TrainingBatches(data, plan: Self.plan(.light, seed: 1)).batch(0)
    let b = try TrainingBatches(data, plan: Self.plan(.light, seed: 2)).batch(0)
    #expect(a.indices != b.indices || a.pixels != b.pixels)
    #expect(a.pixels != b.pixels)
  }

  @Test func `without augmentation a batch is the resized, normalised image and its boxes`() throws
  {
    let folder = try Self.folder()
    let data = try folder.read()
    let batch = try TrainingBatches(data, plan: Self.plan(.none)).batch(1)
    let plane = 3 * 64 * 64
    for (slot, index) in batch.indices.enumerated() {
      let picture = try Picture.read(data.entries[index].path)
        .resized(to: PixelSize(width: 64, height: 64), .linear)
      #expect(
        Array(batch.pixels[slot * plane..<(slot + 1) * plane])
          == Normalization.imageNet.planes(picture)
      )
      #expect(batch.originalSizes[slot] == PixelSize(width: 100, height: 80))
      let truth = data.entries[index].objects[0]
      let target = try #require(batch.targets[slot].first)
      #expect(abs(Double(target.centerX) - (truth.box.x + truth.box.right) / 200) < 1e-6)
      #expect(abs(Double(target.height) - truth.box.height / 80) < 1e-6)
      #expect(target.category == 11 && target.weight == 1)
    }
  }

  @Test func `a size and an interpolation are drawn for each batch, and all of them occur`() {
    let plan = Self.plan(.yolov3)
    let sizes = (0..<400).map { plan.size(step: $0).width }
    #expect(Set(sizes) == Set(stride(from: 320, through: 608, by: 32)))
    #expect(Set((0..<200).map { plan.interpolation(step: $0) }).count == 5)
  }

  @Test func `a broken image fails its own step only, or gives way to the next`() throws {
    let folder = try Self.folder()
    let data = try folder.read()
    _ = try folder.write("no image", to: "JPEGImages/image4.jpg")
    let refusing = try TrainingBatches(data, plan: Self.plan(.none))
    var failed: [Int] = []
    for step in 0..<3 {
      do { _ = try refusing.batch(step) } catch DataError.problem(let problem) {
        #expect(problem.kind == .brokenImage && problem.path.hasSuffix("image4.jpg"))
        failed.append(step)
      }
    }
    let order = Self.plan(.none).order(epoch: 0, count: 11)
    let place = try #require(order.firstIndex(of: 4))
    #expect(failed == (place == 0 ? [0, 2] : [place / 4]))
    let skipping = try TrainingBatches(
      data,
      plan: Self.plan(.none),
      reading: ImageReading(policy: .skip)
    )
    let seen = try (0..<3).flatMap { try skipping.batch($0).indices }
    #expect(!seen.contains(4) && Set(seen).count == 10)
    #expect(skipping.problems.map(\.kind) == [.brokenImage])
  }

  @Test func `images without objects are left out unless they are wanted`() throws {
    let folder = try VOCFolder()
    try folder.add("a", objects: [("dog", "1", "1", "50", "50")])
    try folder.add("b", objects: [])
    try folder.list(["a", "b"])
    let data = try folder.read()
    var plan = Self.plan(.none)
    #expect(try TrainingBatches(data, plan: plan).imageCount == 1)
    plan.keepsEmpty = true
    #expect(try TrainingBatches(data, plan: plan).imageCount == 2)
    try folder.list(["b"])
    #expect(throws: DataError.self) {
      try TrainingBatches(try folder.read(), plan: Self.plan(.none))
    }
  }

  @Test func `many sources begun and dropped at once leave no thread behind`() throws {
    func threads() throws -> Int {
      try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count
    }
    let folder = try Self.folder()
    let data = try folder.read()
    let before = try threads()
    for round in 0..<20 {
      let batches = try TrainingBatches(
        data,
        plan: Self.plan(.light),
        reading: ImageReading(threads: 3)
      )
      if round.isMultiple(of: 2) { _ = try batches.batch(round) }
    }
    // 60 were begun; others of the process come and go.
    #expect(try threads() - before < 40)
  }
}
