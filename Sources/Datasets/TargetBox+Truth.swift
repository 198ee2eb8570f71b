package import Metrics

extension TargetBox {
  /// A labelled object in shares of its image.
  package init(_ truth: TrueBox, in size: PixelSize) {
    let (width, height) = (Double(size.width), Double(size.height))
    self.init(
      centerX: Float((truth.box.x + truth.box.width / 2) / width),
      centerY: Float((truth.box.y + truth.box.height / 2) / height),
      width: Float(truth.box.width / width),
      height: Float(truth.box.height / height),
      category: truth.category
    )
  }
}
