import Datasets
import Foundation
import TestSupport
import Testing

struct EvaluationImagesTests {
  private let folder: VOCFolder
  private let size = PixelSize(width: 48, height: 32)

  init() throws {
    folder = try VOCFolder()
    for stem in ["a", "b", "c", "d", "e"] {
      try folder.add(stem, objects: [("dog", "10", "20", "30", "40")])
    }
    try folder.list(["a", "b", "c", "d", "e"])
  }

  @Test func `images come in order, resized bicubically, with their own sizes`() throws {
    let data = try folder.read()
    for (threads, cache) in [(1, 0), (3, 1 << 24)] {
      let images = EvaluationImages(
        data,
        size: size,
        reading: ImageReading(cacheBytes: cache, threads: threads)
      )
      for _ in 0..<2 {
        let batch = try images.batch(1..<4)
        #expect(batch.indices == [1, 2, 3])
        #expect(
          batch.originalSizes == Array(repeating: PixelSize(width: 100, height: 80), count: 3)
        )
        let expected = try (1..<4).flatMap { index in
          Normalization.imageNet.planes(
            try Picture.read(data.entries[index].path).resized(to: size, .cubic)
          )
        }
        #expect(batch.pixels == expected)
        #expect(batch.targets[0][0].centerX == 0.2)
        #expect(batch.targets[0][0].height == 0.25)
      }
    }
    #expect(try EvaluationImages(data, size: size).batch(2..<2).pixels.isEmpty)
  }

  @Test func `an image that cannot be used is the error, or grey and told`() throws {
    let data = try folder.read()
    try folder.write("no image", to: "JPEGImages/b.jpg")
    #expect(throws: DataError.self) { try EvaluationImages(data, size: size).batch(0..<5) }
    let skipping = EvaluationImages(data, size: size, reading: ImageReading(policy: .skip))
    let batch = try skipping.batch(0..<5)
    #expect(skipping.problems.map(\.kind) == [.brokenImage])
    let part = 3 * size.width * size.height
    #expect(Set(batch.pixels[part..<2 * part]).count == 3)
  }

  @Test func `a size other than the annotation's is told`() throws {
    try folder.image("c", size: PixelSize(width: 80, height: 100))
    let data = try folder.read()
    let skipping = EvaluationImages(data, size: size, reading: ImageReading(policy: .skip))
    let batch = try skipping.batch(2..<3)
    #expect(batch.originalSizes == [PixelSize(width: 80, height: 100)])
    #expect(skipping.problems.map(\.kind) == [.wrongSize])
    #expect(throws: DataError.self) { try EvaluationImages(data, size: size).batch(2..<3) }
  }
}
