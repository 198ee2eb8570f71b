/// Images ready for a network, with their labels.
package struct ImageBatch: Sendable {
  /// The images' places in ``Dataset/entries``.
  package var indices: [Int]
  /// Their paths, for messages.
  package var paths: [String]
  /// Their sizes before they were resized.
  package var originalSizes: [PixelSize]
  /// The size of all of them now.
  package var size: PixelSize
  /// Normalised values, images x 3 x height x width, one plane a channel.
  package var pixels: [Float]
  /// The boxes of each image.
  package var targets: [[TargetBox]]

  package init(
    indices: [Int],
    paths: [String],
    originalSizes: [PixelSize],
    size: PixelSize,
    pixels: [Float],
    targets: [[TargetBox]]
  ) {
    self.indices = indices
    self.paths = paths
    self.originalSizes = originalSizes
    self.size = size
    self.pixels = pixels
    self.targets = targets
  }

  /// The number of images.
  package var count: Int { indices.count }
}
