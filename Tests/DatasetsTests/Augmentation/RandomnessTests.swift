import Datasets
import Foundation
import TestSupport
import Testing

struct RandomnessTests {
  @Test func `a stream depends on all four of its keys, and on nothing else`() {
    func first(_ seed: UInt64, _ round: Int, _ sample: Int, _ purpose: UInt64) -> UInt64 {
      var random = SampleRandom(seed: seed, round: round, sample: sample, purpose: purpose)
      return random.next()
    }
    let all = [
      first(1, 2, 3, 4), first(2, 2, 3, 4), first(1, 3, 3, 4), first(1, 2, 4, 4),
      first(1, 2, 3, 5), first(2, 1, 3, 4), first(1, 3, 2, 4),
    ]
    #expect(Set(all).count == all.count)
    #expect(first(1, 2, 3, 4) == all[0])
  }

  @Test(.enabled(if: Python.isPresent, Comment(rawValue: Python.reason)))
  func `draws have the distributions that they are named after`() throws {
    let folder = try ScratchFolder()
    var random = SampleRandom(seed: 11, round: 0, sample: 0, purpose: 0)
    let draws: [(String, [Double])] = [
      ("uniform", (0..<20000).map { _ in random.uniform(2...5) }),
      ("normal", (0..<20000).map { _ in random.normal() }),
      ("beta", (0..<20000).map { _ in random.beta(1.5, 1.5) }),
      ("beta2", (0..<20000).map { _ in random.beta(0.5, 2) }),
    ]
    for (name, values) in draws {
      _ = try Pictures.write(Pictures.bytes(of: values), to: name, in: folder)
    }
    let text = try Python.run(Self.kolmogorov, [folder.url.path])
    let values = text.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
    #expect(values.count == 4)
    #expect(values.allSatisfy { $0 > 0.001 }, "p-values \(values)")
  }

  @Test func `an index is even over its range`() {
    var random = SampleRandom(seed: 5, round: 0, sample: 0, purpose: 0)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<14_000 { counts[random.index(below: 7)] += 1 }
    #expect(counts.allSatisfy { (1850...2150).contains($0) }, "\(counts)")
    #expect(random.index(below: 0) == 0 && random.index(below: 1) == 0)
  }

  @Test func `flips happen with their probability, and half of the samples expand`() {
    let key = { Augmentation.Key(seed: 3, step: $0, sample: 1) }
    let marked = Pictures.marked(30, 20, left: 2, top: 3, right: 9, bottom: 9)
    var flipped = 0
    var expanded = 0
    for step in 0..<1000 {
      var sample = marked
      var random = key(step).random("flip")
      Flip(.leftRight).apply(to: &sample, &random)
      flipped += sample == marked ? 0 : 1
      sample = marked
      random = key(step).random("expand")
      Expand.yolov3.apply(to: &sample, &random)
      expanded += sample == marked ? 0 : 1
    }
    #expect((440...560).contains(flipped) && (430...560).contains(expanded))
  }

  @Test func `mixup weighs boxes by their share on a canvas that holds both`() {
    let first = Pictures.marked(30, 20, left: 2, top: 3, right: 9, bottom: 9)
    let second = Pictures.marked(20, 40, left: 1, top: 30, right: 5, bottom: 35)
    let mixed = Mixup.mix(first, second, share: 0.75)
    #expect(mixed.picture.size == PixelSize(width: 30, height: 40))
    #expect(mixed.objects.map(\.weight) == [0.75, 0.25])
    #expect(mixed.objects.map(\.top) == [3, 30])
    // 0.75 x 250 + 0.25 x 90; 0.25 x 250 with nothing of the first; 0.75 x 90 with nothing of the second.
    #expect(mixed.picture[5, 5].red == 210)
    #expect(mixed.picture[3, 32].red == 62)
    #expect(mixed.picture[25, 10].red == 68)
    #expect(mixed.picture[25, 30] == .black)
  }

  @Test func `an anchor crop asks for a scale at most one above the face's own`() {
    var random = SampleRandom(seed: 8, round: 0, sample: 0, purpose: 0)
    let crop = AnchorCrop()
    let small = (0..<3000).map { _ in crop.target(for: 20, &random) }
    // 20 is below 32: scales 16, 32 and 64, each between its half and its double.
    #expect(small.allSatisfy { (8...128).contains($0) })
    #expect(small.contains { $0 > 100 } && small.contains { $0 < 10 })
    let large = (0..<3000).map { _ in crop.target(for: 70, &random) }
    #expect(large.allSatisfy { (8...140).contains($0) })
  }

  private static let kolmogorov = """
    import sys, numpy as np
    from scipy import stats
    folder = sys.argv[1] + '/'
    for name, law in [('uniform', stats.uniform(2, 3)), ('normal', stats.norm()),
                      ('beta', stats.beta(1.5, 1.5)), ('beta2', stats.beta(0.5, 2))]:
        print(stats.kstest(np.fromfile(folder + name), law.cdf).pvalue)
    """
}
