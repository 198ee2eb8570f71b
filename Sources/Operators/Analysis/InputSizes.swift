package import Graphs

/// The sizes at which a graph is analysed: what the file leaves open gets a number here.
///
/// An open axis of an image (four axes) takes the entry of ``image`` at its place; the first axis of any other
/// input takes the batch size; other open axes stay unknown, unless their symbol or input is named.
package struct InputSizes: Sendable, Hashable {
  /// Batch, channels, height and width of an image input, where the file leaves them open.
  package var image: [Int]
  /// Sizes of the named inputs, in place of what the file states.
  package var inputs: [String: [Int]]
  /// Sizes of symbolic dimensions, such as `batch`, in place of those of ``image``.
  package var symbols: [String: Int]

  package init(
    image: [Int] = [1, 3, 640, 640],
    inputs: [String: [Int]] = [:],
    symbols: [String: Int] = [:]
  ) {
    self.image = image
    self.inputs = inputs
    self.symbols = symbols
  }

  /// Images of a height and a width; batch and channels as the file says, else 1 and 3.
  package init(height: Int, width: Int) { self.init(image: [1, 3, height, width]) }

  /// 1×3×640×640.
  package static let standard = InputSizes()

  /// The sizes of an input; nil where even its rank is not known.
  package func sizes(of input: ValueInfo) -> [Int?]? {
    if let sizes = inputs[input.name] { return sizes.map(Optional.some) }
    guard let dimensions = input.type.shape?.dimensions else { return nil }
    return dimensions.enumerated().map { axis, dimension in
      switch dimension {
      case .known(let size): return size
      case .symbolic(let name):
        if let size = symbols[name] { return size }
      case .unknown: break
      }
      if dimensions.count == 4, image.count == 4 { return image[axis] }
      return axis == 0 ? image.first : nil
    }
  }
}
