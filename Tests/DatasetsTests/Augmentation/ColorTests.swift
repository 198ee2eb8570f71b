import Datasets
import Foundation
import TestSupport
import Testing

struct ColorTests {
  @Test(.enabled(if: Python.isPresent, Comment(rawValue: Python.reason)))
  func `enhancers and hue are Pillow's, byte for byte`() throws {
    let folder = try ScratchFolder()
    let picture = Pictures.noise(64, 48, seed: 9)
    _ = try Pictures.write(picture.bytes, to: "in", in: folder)
    _ = try Python.run(Self.enhance, [folder.url.path])
    let kinds = ["brightness", "contrast", "color"]
    for (name, kind) in zip(kinds, Picture.Enhancement.allCases) {
      for factor in [0.5, 0.9, 1.1, 1.5] {
        var ours = picture
        ours.enhance(kind, by: factor)
        #expect(
          ours.bytes == (try Pictures.read(folder.path("\(name)-\(factor)"))),
          "\(name) \(factor)"
        )
      }
    }
    for delta in [-18, -5, 7, 18] {
      var ours = picture
      ours.shiftHue(by: delta)
      let theirs = try Pictures.read(folder.path("hue-\(delta)"))
      let differing = zip(ours.bytes, theirs).count { $0 != $1 }
      #expect(differing == 0, "\(delta): \(differing) of \(theirs.count)")
    }
  }

  @Test(.enabled(if: Python.isPresent, Comment(rawValue: Python.reason)))
  func `a chain of colour steps in one pass equals them one by one in floats`() throws {
    let folder = try ScratchFolder()
    let picture = Pictures.noise(61, 40, seed: 2)
    _ = try Pictures.write(picture.bytes, to: "in", in: folder)
    _ = try Python.run(Self.chain, [folder.url.path])
    let angle = 0.7
    let chain = ColorMatrix.adding(11).then(.saturating(1.4))
      .then(.turningHue((Foundation.cos(angle), Foundation.sin(angle)))).then(.times(0.8))
    var ours = picture
    chain.apply(to: &ours)
    let theirs = try Pictures.read(folder.path("out"))
    let differences = zip(ours.bytes, theirs).map { abs(Int($0) - Int($1)) }
    #expect(differences.max() == 0 || differences.count { $0 > 0 } < 5)
    #expect(differences.max() ?? 9 <= 1)
  }

  @Test func `each of the four happens half of the time, in the benchmark's ranges`() {
    var random = SampleRandom(seed: 1, round: 0, sample: 0, purpose: 0)
    let none = (0..<4000).count { _ in ColorDistort.benchmark.matrix(&random) == .identity }
    #expect((200...300).contains(none), "\(none) of 4000, 250 expected")
    let only = ColorDistort(brightness: 0.5...1.5, contrast: 1...1, saturation: 1...1, hue: 0...0)
    let offsets = (0..<2000).map { _ in only.matrix(&random).rows[0][3] }.filter { $0 != 0 }
    #expect(offsets.allSatisfy { (0.499...1.501).contains($0) })
    #expect(offsets.contains { $0 < 0.6 } && offsets.contains { $0 > 1.4 })
  }

  @Test func `brightness and contrast are one line over bytes`() {
    var sample = Sample(picture: Pictures.noise(20, 20), objects: [])
    let before = sample.picture
    var random = SampleRandom(seed: 1, round: 0, sample: 0, purpose: 0)
    Brightness(factor: 1.5...1.5, offset: -10...(-10)).apply(to: &sample, &random)
    let expected = before.bytes.map { byte in
      UInt8(min(255, max(0, (Double(byte) * 1.5 - 10).rounded(.toNearestOrEven))))
    }
    #expect(sample.picture.bytes == expected)
  }

  private static let enhance = """
    import sys, numpy as np
    from PIL import Image, ImageEnhance
    folder = sys.argv[1] + '/'
    image = Image.fromarray(np.fromfile(folder + 'in', np.uint8).reshape(48, 64, 3))
    for name, kind in [('brightness', ImageEnhance.Brightness), ('contrast', ImageEnhance.Contrast), ('color', ImageEnhance.Color)]:
        for factor in [0.5, 0.9, 1.1, 1.5]:
            np.asarray(kind(image).enhance(factor)).tofile(f'{folder}{name}-{factor}')
    for delta in [-18, -5, 7, 18]:
        hsv = np.array(image.convert('HSV'))
        hsv[:, :, 0] = (hsv[:, :, 0].astype(int) + delta) % 256
        np.asarray(Image.fromarray(hsv, 'HSV').convert('RGB')).tofile(f'{folder}hue-{delta}')
    """

  private static let chain = """
    import sys, numpy as np
    folder = sys.argv[1] + '/'
    x = np.fromfile(folder + 'in', np.uint8).reshape(40, 61, 3).astype(np.float64)
    x = x + 11
    grey = (x * [0.299, 0.587, 0.114]).sum(2, keepdims=True)
    x = x * 1.4 + grey * (1 - 1.4)
    u, w = np.cos(0.7), np.sin(0.7)
    to = np.array([[0.299, 0.587, 0.114], [0.596, -0.274, -0.321], [0.211, -0.523, 0.311]])
    back = np.array([[1.0, 0.956, 0.621], [1.0, -0.272, -0.647], [1.0, -1.107, 1.705]])
    x = x @ (back @ np.array([[1, 0, 0], [0, u, -w], [0, w, u]]) @ to).T
    np.rint(np.clip(x * 0.8, 0, 255)).astype(np.uint8).tofile(folder + 'out')
    """
}
