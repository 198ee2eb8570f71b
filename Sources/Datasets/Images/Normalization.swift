internal import CImages

/// How bytes become a network's input: `(value / divisor - mean) / deviation` for each channel.
package struct Normalization: Sendable, Hashable {
  /// The order of the channels in the network's input.
  package enum Order: String, Sendable, Hashable, CaseIterable { case rgb, bgr }

  /// What bytes are divided by first: 255, or 1 for networks trained on bytes.
  package var divisor: Double
  /// For red, green and blue, whatever the order.
  package var mean: [Double]
  /// For red, green and blue, whatever the order.
  package var deviation: [Double]
  package var order: Order

  /// Three means and three deviations; missing ones count as 0 and 1.
  package init(divisor: Double, mean: [Double], deviation: [Double], order: Order = .rgb) {
    self.divisor = divisor
    self.mean = Array((mean + [0, 0, 0]).prefix(3))
    self.deviation = Array((deviation + [1, 1, 1]).prefix(3))
    self.order = order
  }

  /// ImageNet's statistics over values from 0 to 1, as YOLOv3 takes them.
  package static let imageNet = Normalization(
    divisor: 255,
    mean: [0.485, 0.456, 0.406],
    deviation: [0.229, 0.224, 0.225]
  )

  /// The same statistics over bytes, without division by 255: PaddleDetection's `is_scale: false`.
  package static let imageNetBytes = Normalization(
    divisor: 1,
    mean: [0.485, 0.456, 0.406],
    deviation: [0.229, 0.224, 0.225]
  )

  /// BlazeFace's: blue first, means of bytes, one divisor for all.
  package static let blazeFace = Normalization(
    divisor: 1,
    mean: [123, 117, 104],
    deviation: [127.502231, 127.502231, 127.502231],
    order: .bgr
  )

  /// Values from 0 to 1, nothing more.
  package static let unit = Normalization(divisor: 255, mean: [], deviation: [])

  /// The presets by the names that recipes use.
  package static let presets: [(name: String, value: Normalization)] = [
    ("imagenet", .imageNet), ("imagenet_bytes", .imageNetBytes), ("blazeface", .blazeFace),
    ("unit", .unit),
    ("bytes", Normalization(divisor: 1, mean: [], deviation: [])),
    ("bytes_bgr", Normalization(divisor: 1, mean: [], deviation: [], order: .bgr)),
  ]

  /// Writes three planes of floats, each of the picture's pixel count, from `to` on.
  func write(_ picture: Picture, to start: UnsafeMutablePointer<Float>) {
    let channels: [Int] = order == .rgb ? [0, 1, 2] : [2, 1, 0]
    let scale = channels.map { Float(1 / (divisor * deviation[$0])) }
    let shift = channels.map { Float(-mean[$0] / deviation[$0]) }
    let status = unsafe espimg_planes(
      picture.bytes,
      Int32(picture.width),
      Int32(picture.height),
      channels.map { Int32($0) },
      scale,
      shift,
      start
    )
    precondition(status == Int32(ESPIMG_OK), "a picture's sides are always in range")
  }

  /// Three planes of floats.
  package func planes(_ picture: Picture) -> [Float] {
    let count = 3 * picture.pixelCount
    return unsafe [Float](unsafeUninitializedCapacity: count) { buffer, filled in
      if let start = buffer.baseAddress { unsafe write(picture, to: start) }
      filled = count
    }
  }
}
