/// How a picture becomes a network's input: where it lies in it, how it is resized, how bytes become numbers.
package struct ImagePreparation: Sendable, Hashable {
  /// How a picture of another aspect ratio is brought to the input's size.
  package enum Fit: String, Sendable, Hashable, CaseIterable {
    /// Each side by its own factor.
    case stretch
    /// Both sides by one factor, the rest filled on both sides alike, as Ultralytics does it.
    case letterbox
    /// Both sides by one factor, the rest filled on the right and below, as YOLOX does it.
    case letterboxCorner = "letterbox_corner"
  }

  package var normalization: Normalization
  package var interpolation: Interpolation
  package var fit: Fit
  /// The grey that fills what a letterbox leaves, 0 to 255.
  package var fill: UInt8

  package init(
    normalization: Normalization,
    interpolation: Interpolation = .linear,
    fit: Fit = .stretch,
    fill: UInt8 = 114
  ) {
    self.normalization = normalization
    self.interpolation = interpolation
    self.fit = fit
    self.fill = fill
  }

  /// Where a picture of a size lies in an input.
  package func placement(of picture: PixelSize, in input: PixelSize) -> ImagePlacement {
    ImagePlacement(of: picture, in: input, fit)
  }

  /// The picture as the input has it, before bytes become numbers.
  package func picture(_ picture: Picture, in input: PixelSize) -> Picture {
    self.picture(picture, in: input, interpolation)
  }

  /// The same by another interpolation, for training that draws it.
  func picture(_ picture: Picture, in input: PixelSize, _ interpolation: Interpolation) -> Picture {
    let place = placement(of: picture.size, in: input)
    let resized = picture.resized(to: place.size, interpolation)
    guard resized.size != input else { return resized }
    return resized.cropped(
      x: -place.left,
      y: -place.top,
      size: input,
      outside: RGB(red: fill, green: fill, blue: fill)
    )
  }
}

extension ImagePreparation: CustomStringConvertible {
  /// As keys of caches and reports have it: nothing more than normalization and interpolation where pictures are stretched.
  package var description: String {
    let values = "\(normalization) \(interpolation)"
    return fit == .stretch ? values : "\(values) \(fit.rawValue) \(fill)"
  }
}

/// Where a picture lies in a network's input.
package struct ImagePlacement: Sendable, Hashable {
  /// The picture's own size.
  package let original: PixelSize
  /// The input's size.
  package let input: PixelSize
  /// Pixels of the input for one of the picture, each way.
  package let scale: (x: Double, y: Double)
  /// The size of the picture in the input.
  package let size: PixelSize
  /// The input's columns to the left of the picture.
  package let left: Int
  /// The input's rows above the picture.
  package let top: Int

  /// - Parameters:
  ///   - picture: its size.
  ///   - input: the network's.
  ///   - fit: how it is brought there.
  package init(of picture: PixelSize, in input: PixelSize, _ fit: ImagePreparation.Fit = .stretch) {
    original = picture
    self.input = input
    let (x, y) = (
      Double(input.width) / Double(picture.width), Double(input.height) / Double(picture.height)
    )
    guard fit != .stretch else {
      (scale, size, left, top) = ((x, y), input, 0, 0)
      return
    }
    let one = min(x, y)
    scale = (one, one)
    size = PixelSize(
      width: Self.side(picture.width, one, input.width),
      height: Self.side(picture.height, one, input.height)
    )
    let isCentred = fit == .letterbox
    left = isCentred ? Self.margin(input.width - size.width) : 0
    top = isCentred ? Self.margin(input.height - size.height) : 0
  }

  private static func side(_ side: Int, _ scale: Double, _ most: Int) -> Int {
    min(most, max(1, Int((Double(side) * scale).rounded(.toNearestOrEven))))
  }

  /// Half of what is left over, the odd pixel behind: Ultralytics' rounding of half less a tenth.
  private static func margin(_ rest: Int) -> Int {
    Int((Double(rest) / 2 - 0.1).rounded(.toNearestOrEven))
  }

  /// A place in the input as one in the picture, perhaps beyond its edges.
  package func inPicture(x: Double, y: Double) -> (x: Double, y: Double) {
    ((x - Double(left)) / scale.x, (y - Double(top)) / scale.y)
  }

  /// The place within the picture's edges that is nearest to one.
  package func clipped(x: Double, y: Double) -> (x: Double, y: Double) {
    (min(max(x, 0), Double(original.width)), min(max(y, 0), Double(original.height)))
  }

  /// A box in shares of the picture as one in shares of the input.
  func inInput(_ box: TargetBox) -> TargetBox {
    guard size != input else { return box }
    let (width, height) = (Float(input.width), Float(input.height))
    let share = (x: Float(size.width) / width, y: Float(size.height) / height)
    var box = box
    box.centerX = box.centerX * share.x + Float(left) / width
    box.centerY = box.centerY * share.y + Float(top) / height
    box.width *= share.x
    box.height *= share.y
    return box
  }

  package static func == (a: ImagePlacement, b: ImagePlacement) -> Bool {
    a.original == b.original && a.input == b.input && a.size == b.size && a.scale == b.scale
      && (a.left, a.top) == (b.left, b.top)
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(original)
    hasher.combine(input)
    hasher.combine(size)
    hasher.combine(left)
    hasher.combine(top)
  }
}
