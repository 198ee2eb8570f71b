/// The floats of a batch while its images are written, several at a time, each to its own part.
@safe struct BatchPixels: @unchecked Sendable {
  // Sendable because no two writers share an image's part, which `write` checks to exist.
  private let start: UnsafeMutableBufferPointer<Float>
  private let size: PixelSize

  /// The floats of a batch whose images `body` writes.
  static func make(
    images: Int,
    size: PixelSize,
    _ body: (BatchPixels) throws -> Void
  ) rethrows -> [Float] {
    let count = images * 3 * size.width * size.height
    return unsafe try [Float](unsafeUninitializedCapacity: count) { buffer, filled in
      try body(unsafe BatchPixels(start: buffer, size: size))
      filled = count
    }
  }

  private init(start: UnsafeMutableBufferPointer<Float>, size: PixelSize) {
    unsafe self.start = unsafe start
    self.size = size
  }

  /// Writes an image's planes; the picture has the batch's size.
  func write(_ picture: Picture, as normalization: Normalization, image: Int) {
    let part = 3 * size.width * size.height
    let room = unsafe start.count
    precondition(picture.size == size && image >= 0 && (image + 1) * part <= room)
    guard let base = unsafe start.baseAddress else { return }
    unsafe normalization.write(picture, to: base + image * part)
  }
}
