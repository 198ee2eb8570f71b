/// Reads the input sizes that options and recipes state.
package enum InputSizeText {
  /// Sizes of the axes, batch first: `416` is 1x3x416x416, `3x416x416` and `416x416` are completed the same way.
  ///
  /// - Returns: nil for anything but one to six sizes of at least 1 joined by `x`.
  package static func parse(_ text: String) -> [Int]? {
    let parts = text.split(separator: "x", omittingEmptySubsequences: false)
    let sizes = parts.compactMap { Int($0) }
    return sizes.count == parts.count ? complete(sizes) : nil
  }

  /// The sizes with batch and colours put in front where only the sides of an image are given.
  static func complete(_ sizes: [Int]) -> [Int]? {
    guard sizes.allSatisfy({ (1...1 << 20).contains($0) }) else { return nil }
    switch sizes.count {
    case 1: return [1, 3, sizes[0], sizes[0]]
    case 2: return [1, 3] + sizes
    case 3: return [1] + sizes
    case 4...6: return sizes
    default: return nil
    }
  }
}
