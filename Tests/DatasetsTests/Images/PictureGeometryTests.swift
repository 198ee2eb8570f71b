import Datasets
import Foundation
import TestSupport
import Testing

struct PictureGeometryTests {
  @Test(.enabled(if: Python.isPresent, Comment(rawValue: Python.reason)))
  func `resizing is OpenCV's`() throws {
    let folder = try ScratchFolder()
    let picture = Pictures.noise(61, 47)
    _ = try Pictures.write(picture.bytes, to: "in", in: folder)
    _ = try Python.run(Self.resize, [folder.url.path])
    for interpolation in Interpolation.allCases {
      for (width, height) in [(122, 94), (32, 32), (40, 90), (61, 20)] {
        let ours = picture.resized(to: PixelSize(width: width, height: height), interpolation)
        let name = "\(interpolation.rawValue)-\(width)-\(height)"
        let theirs = try Pictures.read(folder.path(name))
        let differences = zip(ours.bytes, theirs).map { abs(Int($0) - Int($1)) }
        #expect(differences.count == 3 * width * height)
        // Debian's OpenCV 4 and the tests' OpenCV 5 round the last bit otherwise here and there.
        #expect(differences.max() ?? 9 <= 1, "\(name)")
        let share = Double(differences.count { $0 == 1 }) / Double(differences.count)
        #expect(share <= 0.06, "\(name): \(share)")
      }
    }
  }

  @Test(.enabled(if: Python.isPresent, Comment(rawValue: Python.reason)))
  func `normalising is numpy's, in the channel order asked for`() throws {
    let folder = try ScratchFolder()
    let picture = Pictures.noise(33, 500, seed: 4)
    _ = try Pictures.write(picture.bytes, to: "in", in: folder)
    _ = try Python.run(Self.normalize, [folder.url.path])
    for (name, normalization) in Normalization.presets {
      let ours = normalization.planes(picture)
      let theirs = try Pictures.floats(folder.path(name))
      #expect(ours.count == theirs.count)
      let shares = zip(ours, theirs).map { abs($0 - $1) / max(1, abs($1)) }
      #expect(Distance(of: shares, from: shares.map { _ in 0.0 }).worst < 2e-6, "\(name)")
    }
  }

  @Test(.enabled(if: Python.isPresent, Comment(rawValue: Python.reason)))
  func `resizing without aliasing is Pillow's, byte for byte`() throws {
    let folder = try ScratchFolder()
    let picture = Pictures.noise(61, 47)
    _ = try Pictures.write(picture.bytes, to: "in", in: folder)
    _ = try Python.run(Self.lanczos, [folder.url.path])
    for (width, height) in [(122, 94), (30, 23), (7, 5), (61, 20), (40, 47), (1, 1), (61, 47)] {
      let ours = picture.resizedByLanczos(to: PixelSize(width: width, height: height))
      #expect(try ours.bytes == Pictures.read(folder.path("\(width)-\(height)")))
    }
  }

  @Test func `a crop beyond the edges is filled`() {
    let picture = Pictures.noise(5, 4)
    let color = RGB(red: 1, green: 2, blue: 3)
    let crop = picture.cropped(x: -1, y: 2, size: PixelSize(width: 3, height: 4), outside: color)
    #expect(crop[0, 0] == color)
    #expect(crop[1, 0] == picture[0, 2])
    #expect(crop[2, 1] == picture[1, 3])
    #expect(crop[2, 2] == color)
    let away = picture.cropped(x: 9, y: 9, size: PixelSize(width: 2, height: 1), outside: color)
    #expect(away.bytes == [1, 2, 3, 1, 2, 3])
  }

  @Test func `mirrors move every pixel where they say`() {
    let picture = Pictures.noise(7, 5)
    for y in 0..<5 {
      for x in 0..<7 {
        #expect(picture.mirrored(.leftRight)[6 - x, y] == picture[x, y])
        #expect(picture.mirrored(.topBottom)[x, 4 - y] == picture[x, y])
        #expect(picture.mirrored(.diagonal)[y, x] == picture[x, y])
      }
    }
  }

  @Test func `sizes and bytes must fit`() {
    #expect(Picture(size: PixelSize(width: 2, height: 1), bytes: [0, 0, 0]) == nil)
    #expect(Picture(size: PixelSize(width: 0, height: 1), bytes: []) == nil)
    #expect(
      Picture(
        size: PixelSize(width: 70_000, height: 1),
        bytes: [UInt8](repeating: 0, count: 210_000)
      ) == nil
    )
  }

  private static let resize = """
    import sys, cv2, numpy as np
    folder = sys.argv[1] + '/'
    image = np.fromfile(folder + 'in', np.uint8).reshape(47, 61, 3)
    kinds = dict(nearest=0, linear=1, cubic=2, area=3, lanczos=4)
    for name, kind in kinds.items():
        for size in [(122, 94), (32, 32), (40, 90), (61, 20)]:
            cv2.resize(image, size, interpolation=kind).tofile(f'{folder}{name}-{size[0]}-{size[1]}')
    """

  private static let lanczos = """
    import sys, numpy as np
    from PIL import Image
    folder = sys.argv[1] + '/'
    image = Image.fromarray(np.fromfile(folder + 'in', np.uint8).reshape(47, 61, 3))
    for size in [(122, 94), (30, 23), (7, 5), (61, 20), (40, 47), (1, 1), (61, 47)]:
        np.asarray(image.resize(size, Image.LANCZOS)).tofile(f'{folder}{size[0]}-{size[1]}')
    """

  private static let normalize = """
    import sys, numpy as np
    folder = sys.argv[1] + '/'
    image = np.fromfile(folder + 'in', np.uint8).reshape(500, 33, 3).astype(np.float64)
    mean, std = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    def write(name, value):
        np.ascontiguousarray(value.transpose(2, 0, 1).astype(np.float32)).tofile(folder + name)
    write('imagenet', (image / 255 - mean) / std)
    write('imagenet_bytes', (image - mean) / std)
    write('unit', image / 255)
    write('bytes', image)
    write('bytes_bgr', image[:, :, ::-1])
    write('blazeface', (image[:, :, ::-1] - np.array([104, 117, 123])) / 127.502231)
    """
}
