import Datasets
import Foundation
import Metrics
import TestSupport
import Testing

/// Letterboxes beside OpenCV's resize and border, in the tests' Python.
struct ImagePreparationTests {
  private static let program = """
    import cv2, numpy as np, sys
    w, h, W, H, corner = map(int, sys.argv[1:6])
    y, x = np.mgrid[0:h, 0:w]
    image = np.stack([(x * 7 + y * 3) % 256, (x * 2 + y * 5) % 256, (x * y) % 256], -1).astype(np.uint8)
    r = min(W / w, H / h)
    nw, nh = round(w * r), round(h * r)
    made = cv2.resize(image, (nw, nh), interpolation=cv2.INTER_LINEAR) if (nw, nh) != (w, h) else image
    top, left = (0, 0) if corner else (round((H - nh) / 2 - 0.1), round((W - nw) / 2 - 0.1))
    made = cv2.copyMakeBorder(made, top, H - nh - top, left, W - nw - left, cv2.BORDER_CONSTANT, value=(114,) * 3)
    print(' '.join(map(str, made.reshape(-1))))
    """

  private static func picture(_ size: PixelSize) throws -> Picture {
    var bytes: [UInt8] = []
    for y in 0..<size.height {
      for x in 0..<size.width {
        for value in [x * 7 + y * 3, x * 2 + y * 5, x * y] { bytes.append(UInt8(value % 256)) }
      }
    }
    return try #require(Picture(size: size, bytes: bytes))
  }

  @Test(
    .enabled(if: Python.isPresent, Comment(rawValue: Python.reason)),
    arguments: [(64, 48), (48, 64), (31, 17), (32, 32), (33, 90), (200, 3), (1, 1)],
    [ImagePreparation.Fit.letterbox, .letterboxCorner]
  )
  func `a letterbox has the pixels of OpenCV's resize and border`(
    sides: (width: Int, height: Int),
    fit: ImagePreparation.Fit
  ) throws {
    let size = PixelSize(width: sides.width, height: sides.height)
    let input = PixelSize(width: 40, height: 32)
    let text = try Python.run(
      Self.program,
      ["\(size.width)", "\(size.height)", "40", "32", fit == .letterboxCorner ? "1" : "0"]
    )
    let wanted = text.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
    let made = ImagePreparation(normalization: .unit, fit: fit)
      .picture(try Self.picture(size), in: input)
    #expect(made.size == input && wanted.count == made.bytes.count)
    let apart = zip(made.bytes, wanted).map { abs(Int($0) - $1) }.max() ?? 0
    #expect(apart <= 1, "OpenCV's own versions round a resize by one")
  }

  @Test(arguments: ImagePreparation.Fit.allCases)
  func `places in the input are told back in the picture`(fit: ImagePreparation.Fit) {
    let picture = PixelSize(width: 640, height: 480)
    let place = ImagePlacement(of: picture, in: PixelSize(width: 320, height: 320), fit)
    let corner = place.inPicture(
      x: Double(place.left),
      y: Double(place.top)
    )
    #expect(corner == (0, 0))
    let last = place.inPicture(
      x: Double(place.left + place.size.width),
      y: Double(place.top + place.size.height)
    )
    #expect(last == (640, 480))
    #expect(place.clipped(x: 700, y: -3) == (640, 0))
    #expect(place.top == (fit == .letterbox ? 40 : 0))
  }

  @Test func `labels move with a letterboxed picture`() throws {
    let folder = try ScratchFolder()
    let size = PixelSize(width: 64, height: 32)
    let path = folder.path("a.jpg")
    try Data(Picture(size: size, color: RGB(red: 9, green: 9, blue: 9)).jpeg(quality: 90))
      .write(to: URL(filePath: path))
    let entry = Dataset.Entry(
      path: path,
      id: "a",
      size: size,
      objects: [.init(image: 0, category: 0, box: .init(x: 16, y: 8, width: 32, height: 16))]
    )
    let images = EvaluationImages(
      Dataset(classes: ["a"], entries: [entry]),
      size: PixelSize(width: 64, height: 64),
      preparation: ImagePreparation(normalization: .unit, fit: .letterbox)
    )
    let target = try #require(try images.batch(0..<1).targets[0].first)
    #expect(
      [target.centerX, target.centerY, target.width, target.height] == [0.5, 0.5, 0.5, 0.25]
    )
  }
}
