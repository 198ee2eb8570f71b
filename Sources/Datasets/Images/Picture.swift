internal import CImages

/// An image in memory: red, green and blue, 8 bits each, rows from the top without gaps.
package struct Picture: Sendable, Hashable {
  package let size: PixelSize
  /// Three bytes a pixel.
  package var bytes: [UInt8]

  package var width: Int { size.width }
  package var height: Int { size.height }
  var pixelCount: Int { size.width * size.height }

  /// A picture from its bytes; nil where their count does not fit the size.
  package init?(size: PixelSize, bytes: [UInt8]) {
    guard Self.allows(size), bytes.count == 3 * size.width * size.height else { return nil }
    self.size = size
    self.bytes = bytes
  }

  /// A picture of one colour; sides below 1 count as 1.
  package init(size: PixelSize, color: RGB) {
    self.size = PixelSize(width: max(1, size.width), height: max(1, size.height))
    let count = self.size.width * self.size.height
    bytes = unsafe [UInt8](unsafeUninitializedCapacity: 3 * count) { buffer, filled in
      unsafe espimg_fill(buffer.baseAddress, Int64(count), color.red, color.green, color.blue)
      filled = 3 * count
    }
  }

  /// A picture whose bytes a call fills, all of them.
  init(
    size: PixelSize,
    filling body: (UnsafeMutablePointer<UInt8>) -> Void
  ) {
    self.size = size
    let count = 3 * size.width * size.height
    bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      if let start = buffer.baseAddress { unsafe body(start) }
      filled = count
    }
  }

  /// Whether sides are at least 1 and within what the image libraries take.
  package static func allows(_ size: PixelSize) -> Bool {
    let longest = Int(ESPIMG_MAX_SIDE)
    return (1...longest).contains(size.width) && (1...longest).contains(size.height)
  }

  /// The pixel in a column and row.
  package subscript(x: Int, y: Int) -> RGB {
    get {
      let place = 3 * (y * width + x)
      return RGB(red: bytes[place], green: bytes[place + 1], blue: bytes[place + 2])
    }
    set {
      let place = 3 * (y * width + x)
      bytes[place] = newValue.red
      bytes[place + 1] = newValue.green
      bytes[place + 2] = newValue.blue
    }
  }
}

/// A colour of 8 bits a channel.
package struct RGB: Sendable, Hashable {
  package var red: UInt8
  package var green: UInt8
  package var blue: UInt8

  package init(red: UInt8, green: UInt8, blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }
}
