import Datasets
import Foundation
import TestSupport

/// Pictures and files that several tests need.
enum Pictures {
  /// A picture of seeded noise with smooth parts, so that interpolations differ.
  static func noise(_ width: Int, _ height: Int, seed: UInt64 = 1) -> Picture {
    var picture = Picture(size: PixelSize(width: width, height: height), color: .black)
    var random = SampleRandom(seed: seed, round: 0, sample: 0, purpose: 0)
    for y in 0..<height {
      for x in 0..<width {
        let smooth = UInt8((x * 5 + y * 3) % 200)
        picture[x, y] = RGB(
          red: smooth &+ UInt8(random.index(below: 40)),
          green: UInt8(random.index(below: 256)),
          blue: 255 - smooth
        )
      }
    }
    return picture
  }

  /// Grey with one rectangle of a colour, whose first and last columns and rows are the object's.
  static func marked(
    _ width: Int,
    _ height: Int,
    left: Int,
    top: Int,
    right: Int,
    bottom: Int
  ) -> Sample {
    var picture = Picture(
      size: PixelSize(width: width, height: height),
      color: RGB(red: 90, green: 90, blue: 90)
    )
    for y in top...bottom {
      for x in left...right { picture[x, y] = RGB(red: 250, green: 10, blue: 10) }
    }
    let object = Sample.Object(
      left: Double(left),
      top: Double(top),
      right: Double(right),
      bottom: Double(bottom),
      category: 3
    )
    return Sample(picture: picture, objects: [object])
  }

  /// Where the marked colour is: first and last columns and rows.
  static func mark(in picture: Picture) -> [Double]? {
    var columns: [Int] = []
    var rows: [Int] = []
    for y in 0..<picture.height {
      for x in 0..<picture.width where picture[x, y].red > 200 && picture[x, y].green < 60 {
        columns.append(x)
        rows.append(y)
      }
    }
    guard let left = columns.min(), let right = columns.max(), let top = rows.min(),
      let bottom = rows.max()
    else { return nil }
    return [left, top, right, bottom].map(Double.init)
  }

  /// Writes raw bytes, and returns the path.
  static func write(_ bytes: [UInt8], to name: String, in folder: ScratchFolder) throws -> String {
    try Data(bytes).write(to: URL(filePath: folder.path(name)))
    return folder.path(name)
  }

  static func read(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: path)))
  }

  /// 32-bit floats, little endian.
  static func floats(_ path: String) throws -> [Float] {
    let bytes = try read(path)
    return stride(from: 0, to: bytes.count - 3, by: 4).map { place in
      let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[place + $1]) << UInt32(8 * $1) }
      return Float(bitPattern: bits)
    }
  }

  /// 64-bit floats as bytes, little endian.
  static func bytes(of values: [Double]) -> [UInt8] {
    values.flatMap { value in
      (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
    }
  }
}
