import Graphs

/// The work of a convolution over maps, without its weights: one number each for a kernel, a stride, a dilation and pads that are the
/// same along both axes and on all sides, for one image.
package struct SquareConvolution: Sendable, Hashable {
  /// Whether a bias is added, a batch norm that folds into the convolution included.
  package var hasBias: Bool
  /// Whether ReLU follows, and nothing else reads what it rectifies.
  package var rectifies: Bool
  package var channels: Int
  package var height: Int
  package var width: Int
  package var filters: Int
  package var groups: Int
  package var kernel: Int
  package var padding: Int
  package var stride: Int
  package var dilation: Int

  package init(
    hasBias: Bool,
    rectifies: Bool,
    channels: Int,
    height: Int,
    width: Int,
    filters: Int,
    groups: Int,
    kernel: Int,
    padding: Int,
    stride: Int,
    dilation: Int
  ) {
    self.hasBias = hasBias
    self.rectifies = rectifies
    self.channels = channels
    self.height = height
    self.width = width
    self.filters = filters
    self.groups = groups
    self.kernel = kernel
    self.padding = padding
    self.stride = stride
    self.dilation = dilation
  }

  /// Why a layer is no convolution of this kind.
  package enum Unfit: Error, Sendable, Hashable {
    /// Another operator than the plain convolution.
    case op(String)
    /// A convolution over another number of axes than two.
    case axes(Int)
    /// An attribute whose numbers differ along the axes or between the sides.
    case uneven(String, [Int])
    /// Weights that a node makes, as in quantized networks.
    case computedWeight(String)
    /// Sizes that are not known at the stated input size.
    case openSizes(String)
  }

  /// What a node of a plain convolution does at the stated sizes, nothing behind it counted.
  init(
    _ node: Node,
    weight: [Int],
    map: ValueFacts,
    groups: Int,
    hasBias: Bool
  ) throws(Unfit) {
    guard weight.count == 4 else { throw .axes(weight.count - 2) }
    guard let sizes = map.sizes, sizes.count == 4, let channels = sizes[1], let height = sizes[2],
      let width = sizes[3], let window = try? Window(node, kernel: Array(weight[2...]))
    else { throw .openSizes(node.inputs.first ?? "") }
    let pads = window.pads([height, width])
    self.init(
      hasBias: hasBias,
      rectifies: false,
      channels: channels,
      height: height,
      width: width,
      filters: weight[0],
      groups: groups,
      kernel: try Self.even("kernel", window.kernel),
      padding: try Self.even("pads", pads.begins + pads.ends),
      stride: try Self.even("strides", window.strides),
      dilation: try Self.even("dilations", window.dilations)
    )
  }

  private static func even(_ name: String, _ numbers: [Int]) throws(Unfit) -> Int {
    guard let first = numbers.first, numbers.allSatisfy({ $0 == first }) else {
      throw .uneven(name, numbers)
    }
    return first
  }
}

extension SquareConvolution.Unfit: CustomStringConvertible {
  /// What the layer is instead.
  package var description: String {
    switch self {
    case .op(let name): "\(name), not a plain convolution"
    case .axes(let count): "a convolution over \(count) \(count == 1 ? "axis" : "axes"), not 2"
    case .uneven(let name, let numbers):
      "a convolution whose \(name) differ: \(numbers.map(String.init).joined(separator: ","))"
    case .computedWeight(let name):
      "a convolution whose weight '\(name)' is computed, as quantized ones are"
    case .openSizes(let value):
      "a convolution whose input '\(value)' has no known size; state the model's input size"
    }
  }
}
