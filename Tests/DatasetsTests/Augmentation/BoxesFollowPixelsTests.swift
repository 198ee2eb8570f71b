import Datasets
import Testing

/// A coloured rectangle is drawn, transformed and looked for: where it is, its box must be.
struct BoxesFollowPixelsTests {
  private static func random(_ seed: UInt64) -> SampleRandom {
    SampleRandom(seed: seed, round: 1, sample: 2, purpose: 3)
  }

  private static func edges(_ object: Sample.Object) -> [Double] {
    [object.left, object.top, object.right, object.bottom]
  }

  @Test(arguments: [Picture.Mirror.leftRight, .topBottom, .diagonal])
  func `in mirrors, exactly`(axis: Picture.Mirror) {
    var sample = Pictures.marked(50, 41, left: 7, top: 3, right: 19, bottom: 30)
    let before = sample
    var random = Self.random(1)
    Flip(axis, probability: 1).apply(to: &sample, &random)
    #expect(Pictures.mark(in: sample.picture) == Self.edges(sample.objects[0]))
    #expect(sample != before)
    Flip(axis, probability: 1).apply(to: &sample, &random)
    #expect(sample == before)
  }

  @Test(arguments: 0..<30 as Range<UInt64>)
  func `in expansion, exactly, and the rest is the filling`(seed: UInt64) {
    var sample = Pictures.marked(40, 30, left: 5, top: 6, right: 20, bottom: 25)
    var random = Self.random(seed)
    let fill = RGB(red: 1, green: 99, blue: 3)
    Expand(ratio: 1...4, fill: fill, probability: 1).apply(to: &sample, &random)
    #expect(Pictures.mark(in: sample.picture) == Self.edges(sample.objects[0]))
    let area = sample.picture.width * sample.picture.height
    let filled = stride(from: 0, to: sample.picture.bytes.count, by: 3).count {
      sample.picture.bytes[$0] == 1 && sample.picture.bytes[$0 + 1] == 99
    }
    #expect(filled == area - 40 * 30)
    #expect(sample.picture.width <= 160 && sample.picture.height <= 120)
  }

  @Test(arguments: 0..<60 as Range<UInt64>)
  func `in crops, exactly where the whole is left, and cut at the edges`(seed: UInt64) throws {
    var sample = Pictures.marked(120, 90, left: 30, top: 20, right: 80, bottom: 70)
    var random = Self.random(seed)
    OverlapCrop(allowsNoCrop: false).apply(to: &sample, &random)
    let object = try #require(sample.objects.first)
    #expect(Pictures.mark(in: sample.picture) == Self.edges(object))
    #expect(sample.picture.width < 121 && sample.picture.height < 91)
  }

  @Test(arguments: 0..<60 as Range<UInt64>)
  func `in BlazeFace's crops, to the pixels that resizing blurs`(seed: UInt64) throws {
    var sample = Pictures.marked(200, 160, left: 60, top: 50, right: 109, bottom: 99)
    var random = Self.random(seed)
    AnchorCrop(side: 320).apply(to: &sample, &random)
    let object = try #require(sample.objects.first)
    let found = Pictures.mark(in: sample.picture) ?? [-99, -99, -99, -99]
    let scale = max(1, object.width / 50)
    for (ours, seen) in zip(Self.edges(object), found) {
      #expect(abs(ours - seen) <= 1.5 * scale + 1, "\(object) against \(found)")
    }
  }

  @Test(arguments: Augmentation.presets.map(\.name), 0..<12 as Range<UInt64>)
  func `through every preset, boxes stay in the picture and keep a centre on their colour`(
    name: String,
    seed: UInt64
  ) throws {
    let augmentation = try #require(Augmentation.preset(name))
    var sample = Pictures.marked(150, 100, left: 40, top: 30, right: 90, bottom: 70)
    augmentation.apply(to: &sample, key: Augmentation.Key(seed: seed, step: 5, sample: 6))
    for target in sample.targets(limit: 50) {
      #expect(target.centerX - target.width / 2 >= 0 && target.centerX + target.width / 2 <= 1)
      #expect(target.centerY - target.height / 2 >= 0 && target.centerY + target.height / 2 <= 1)
      #expect(target.category == 3 && target.weight == 1)
      let x = Int(target.centerX * Float(sample.picture.width))
      let y = Int(target.centerY * Float(sample.picture.height))
      let center = sample.picture[x, y]
      // The grey around it has equal channels whatever the colours were turned to.
      let spread =
        max(center.red, center.green, center.blue) - min(center.red, center.green, center.blue)
      #expect(spread > 8, "\(center) at \(x), \(y)")
    }
  }
}
