import Datasets
import Foundation
import TestSupport
import Testing

struct PictureCodingTests {
  @Test(.enabled(if: Python.isPresent, Comment(rawValue: Python.reason)))
  func `files of every kind decode to Pillow's pixels`() throws {
    let folder = try ScratchFolder()
    _ = try Python.run(Self.writeFiles, [folder.url.path])
    let names = try String(contentsOfFile: folder.path("names.txt"), encoding: .utf8)
      .split(separator: "\n").map(String.init)
    #expect(names.count == 14)
    for name in names {
      let picture = try Picture.read(folder.path(name))
      let expected = try Pictures.read(folder.path(name + ".rgb"))
      try #require(picture.bytes.count == expected.count, "\(name)")
      let worst = zip(picture.bytes, expected).map { abs(Int($0) - Int($1)) }.max()
      // Colour spaces of JPEG may round otherwise in another libjpeg-turbo.
      #expect(worst ?? 0 <= (name.hasSuffix("jpg") ? 2 : 0), "\(name): \(worst ?? 0)")
    }
  }

  @Test func `a JPEG that we write is close to what went in`() throws {
    var picture = Picture(size: PixelSize(width: 70, height: 33), color: .black)
    for y in 0..<33 {
      for x in 0..<70 { picture[x, y] = RGB(red: UInt8(x * 3), green: UInt8(y * 5), blue: 80) }
    }
    let decoded = try Picture.decode(try picture.jpeg(quality: 95), path: "a.jpg")
    #expect(decoded.damage == nil)
    let worst = zip(decoded.picture.bytes, picture.bytes).map { abs(Int($0) - Int($1)) }.max()
    #expect(try #require(worst) <= 8)
  }

  @Test func `a JPEG that ends early is damaged, and what is there can be had`() throws {
    let folder = try ScratchFolder()
    let whole = try Pictures.noise(160, 120).jpeg(quality: 90)
    let path = try Pictures.write(Array(whole.prefix(whole.count / 2)), to: "a.jpg", in: folder)
    #expect {
      try Picture.read(path)
    } throws: { error in
      guard case PictureError.damaged(path, let reason) = error else { return false }
      return reason.contains("remature end")
    }
    let rest = try Picture.readWhatIsThere(path)
    #expect(rest.damage != nil)
    #expect(
      rest.picture.bytes.prefix(160 * 3 * 16)
        == (try Picture.decode(whole, path: "w")).picture.bytes.prefix(160 * 3 * 16)
    )
  }

  @Test
  func `bytes cut or changed anywhere never crash and never give a whole picture silently cut`()
    throws
  {
    let whole = try Pictures.noise(48, 40).jpeg(quality: 80)
    for length in stride(from: 0, to: whole.count - 2, by: 7) {
      let decoded = try? Picture.decode(Array(whole.prefix(length)), path: "cut.jpg")
      #expect(decoded == nil || decoded?.damage != nil, "length \(length)")
    }
    var random = SampleRandom(seed: 3, round: 0, sample: 0, purpose: 0)
    for _ in 0..<400 {
      var bytes = whole
      for _ in 0..<4 { bytes[random.index(below: bytes.count)] = UInt8(random.index(below: 256)) }
      _ = try? Picture.decode(bytes, path: "changed.jpg", limit: 1_000_000)
    }
  }

  @Test func `a PNG whose header claims a huge size is refused before memory is taken`() throws {
    let file = Self.pngHeader(width: 60_000, height: 60_000)
    #expect {
      try Picture.decode(file, path: "bomb.png")
    } throws: { error in
      guard case PictureError.tooLarge("bomb.png", let reason) = error else { return false }
      return reason.contains("60000 x 60000") && reason.contains("100000000")
    }
    #expect(throws: PictureError.self) {
      try Picture.decode(Self.pngHeader(width: 0x7FFF_FFFF, height: 1), path: "bomb.png")
    }
  }

  @Test func `the limit is the caller's, and the very limit is allowed`() throws {
    let jpeg = try Pictures.noise(20, 10).jpeg(quality: 80)
    #expect(try Picture.decode(jpeg, path: "a", limit: 200).picture.width == 20)
    #expect(throws: PictureError.self) { try Picture.decode(jpeg, path: "a", limit: 199) }
  }

  @Test func `what is no image says so with its path`() throws {
    let folder = try ScratchFolder()
    let text = try folder.write("hello", to: "a.jpg")
    #expect(throws: PictureError.broken(path: text, reason: "neither a JPEG nor a PNG")) {
      try Picture.read(text)
    }
    let gone = folder.path("gone.jpg")
    #expect(throws: PictureError.missing(path: gone)) { try Picture.read(gone) }
    #expect(throws: PictureError.self) { try Picture.read(folder.url.path) }
    let empty = try folder.write("", to: "empty.png")
    #expect(throws: PictureError.self) { try Picture.read(empty) }
  }

  /// A PNG's signature and IHDR, its checksum right.
  private static func pngHeader(width: UInt32, height: UInt32) -> [UInt8] {
    func big(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(value >> (24 - 8 * $0) & 0xFF) } }
    let body: [UInt8] = Array("IHDR".utf8) + big(width) + big(height) + [8, 2, 0, 0, 0]
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in body {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0xEDB8_8320 : crc >> 1 }
    }
    return [0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10] + big(13) + body + big(~crc)
  }

  private static let writeFiles = """
    import sys, numpy as np
    from PIL import Image
    folder = sys.argv[1] + '/'
    rng = np.random.default_rng(5)
    y, x = np.mgrid[0:37, 0:53]
    rgb = np.stack([x * 4, y * 6, (x + y) * 2], 2).astype(np.uint8)
    rgb[10:20, 10:30] = rng.integers(0, 256, (10, 20, 3))
    image = Image.fromarray(rgb)
    names = []
    def add(name, image, expected=None, **options):
        image.save(folder + name, **options)
        names.append(name)
        if expected is None:
            expected = np.asarray(Image.open(folder + name).convert('RGB'))
        open(folder + name + '.rgb', 'wb').write(np.ascontiguousarray(expected).tobytes())
    add('rgb.jpg', image, quality=90)
    add('rgb444.jpg', image, quality=95, subsampling=0)
    add('progressive.jpg', image, quality=90, progressive=True)
    add('grey.jpg', image.convert('L'), quality=90)
    add('cmyk.jpg', image.convert('CMYK'), quality=95)
    exif = Image.Exif()
    exif[0x0112] = 6
    add('turned.jpg', image, quality=90, exif=exif)
    add('rgb.png', image)
    add('grey.png', image.convert('L'))
    add('palette.png', image.quantize(17))
    add('one.png', image.convert('1'))
    alpha = image.convert('RGBA')
    alpha.putalpha(Image.fromarray((x * 4).astype(np.uint8)))
    add('alpha.png', alpha, rgb)
    add('greyalpha.png', image.convert('LA'))
    wide = (rgb[:, :, 0].astype(np.uint16) << 8) | 0x37
    add('wide.png', Image.fromarray(wide), np.repeat(rgb[:, :, :1], 3, 2))
    add('four.png', image.quantize(4), bits=2)
    open(folder + 'names.txt', 'w').write('\\n'.join(names))
    """
}
