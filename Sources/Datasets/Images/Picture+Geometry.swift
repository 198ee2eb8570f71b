internal import CImages

/// How values between pixels are found, with OpenCV's meaning of each.
package enum Interpolation: String, Sendable, Hashable, CaseIterable {
  case nearest, linear, cubic, area, lanczos

  var number: Int32 {
    switch self {
    case .nearest: Int32(ESPIMG_NEAREST)
    case .linear: Int32(ESPIMG_LINEAR)
    case .cubic: Int32(ESPIMG_CUBIC)
    case .area: Int32(ESPIMG_AREA)
    case .lanczos: Int32(ESPIMG_LANCZOS4)
    }
  }
}

extension Picture {
  /// The picture at another size, by OpenCV's resize.
  package func resized(to size: PixelSize, _ interpolation: Interpolation) -> Picture {
    guard size != self.size, Self.allows(size) else { return self }
    var status: Int32 = 0
    let result = unsafe Picture(size: size) { start in
      unsafe status = espimg_resize(
        bytes,
        Int32(width),
        Int32(height),
        start,
        Int32(size.width),
        Int32(size.height),
        interpolation.number,
        nil,
        0
      )
    }
    precondition(status == Int32(ESPIMG_OK), "sizes were checked, so only memory can run out")
    return result
  }

  /// A rectangle of the picture; pixels beyond its edges have the colour given.
  package func cropped(
    x: Int,
    y: Int,
    size: PixelSize,
    outside color: RGB = RGB(red: 0, green: 0, blue: 0)
  ) -> Picture {
    let (left, top) = (max(0, x), max(0, y))
    let right = min(width, x + size.width)
    let bottom = min(height, y + size.height)
    let isInside = right > left && bottom > top
    let isWhole = isInside && right - left == size.width && bottom - top == size.height
    let fill = { (start: UnsafeMutablePointer<UInt8>) in
      if !isWhole {
        unsafe espimg_fill(
          start,
          Int64(size.width * size.height),
          color.red,
          color.green,
          color.blue
        )
      }
      guard isInside else { return }
      let status = unsafe espimg_copy(
        bytes,
        Int32(width),
        Int32(height),
        Int32(left),
        Int32(top),
        Int32(right - left),
        Int32(bottom - top),
        start,
        Int32(size.width),
        Int32(size.height),
        Int32(left - x),
        Int32(top - y)
      )
      precondition(status == Int32(ESPIMG_OK), "the rectangle was cut to both pictures")
    }
    return unsafe Picture(size: size, filling: fill)
  }

  /// The ways of mirroring.
  package enum Mirror: Int32, Sendable, Hashable {
    case leftRight = 0
    case topBottom = 1
    /// Rows become columns.
    case diagonal = 2
  }

  /// The picture mirrored.
  package func mirrored(_ mirror: Mirror) -> Picture {
    let result = mirror == .diagonal ? PixelSize(width: height, height: width) : size
    return unsafe Picture(size: result) { start in
      let status = unsafe espimg_mirror(
        bytes,
        Int32(width),
        Int32(height),
        mirror.rawValue,
        start
      )
      precondition(status == Int32(ESPIMG_OK), "a picture's sides are always in range")
    }
  }
}
