package import Graphs
package import Operators
package import Tensors

/// A layer as a product of matrices in groups: what it reads as rows, its weight as a row for each output channel.
package struct LayerProduct: Sendable {
  private let node: Node
  private let layout: WeightLayout
  private let shape: [Int]
  /// The groups of a convolution; 1 for products.
  package let groups: Int

  /// Describes a layer; nil for what is no such product, as transposed convolutions, or a product with factors of its own.
  ///
  /// - Parameters:
  ///   - node: the layer, such as a convolution over two axes.
  ///   - layout: its operator's.
  ///   - shape: the weight's shape.
  package init?(_ node: Node, _ layout: WeightLayout, weight shape: [Int]) {
    switch layout.form {
    case .convolution: guard shape.count == 4 else { return nil }
    case .product: guard shape.count == 2, layout.isPlain(node) else { return nil }
    case .transposedConvolution, .deformableConvolution: return nil
    }
    groups = layout.groups(node)
    self.node = node
    self.layout = layout
    self.shape = shape
  }

  private var isConvolution: Bool { layout.form == .convolution }
  private var isTransposed: Bool { layout.inputAxis(node) == 0 }
  /// Output channels.
  package var channels: Int { isTransposed ? shape[1] : shape[0] }
  /// Weights of one output channel.
  package var width: Int { shape.reduce(1, *) / max(1, channels) }

  /// A weight as groups x channels of a group x width.
  package func matrix(_ weight: Tensor) throws -> Tensor {
    let rows = isTransposed ? try weight.permuted([1, 0]).contiguous() : weight
    return try rows.reshaped([groups, channels / groups, width])
  }

  /// Undoes ``matrix(_:)``.
  package func weight(_ matrix: Tensor) throws -> Tensor {
    guard isTransposed else { return try matrix.reshaped(shape) }
    return try matrix.reshaped([channels, width]).permuted([1, 0]).contiguous()
  }

  /// A number for each output channel as groups x channels of a group x 1.
  package func column(_ values: Tensor) throws -> Tensor {
    try values.reshaped([groups, channels / groups, 1])
  }

  /// The axis of a result along which channels lie.
  package func channelAxis(of result: Tensor) -> Int { layout.resultAxis(rank: result.rank) }

  /// How many places a result has.
  package func placeCount(_ result: Tensor) -> Int { result.count / max(1, channels) }

  /// What the layer reads at some places of its result: groups x places x width.
  package func rows(_ input: Tensor, at places: Tensor) throws -> Tensor {
    guard isConvolution else {
      return try input.reshaped([-1, width]).picked(along: 0, at: places)
        .reshaped([1, places.count, width])
    }
    let columns = try Convolution.columns(node, input, kernel: Array(shape[2...]))
    let flat = try columns.permuted([1, 0, 2]).reshaped([groups * width, -1])
    let chosen = try flat.picked(along: 1, at: places)
    return try chosen.reshaped([groups, width, places.count]).permuted([0, 2, 1]).contiguous()
  }

  /// The result at some places: groups x places x channels of a group.
  package func results(_ result: Tensor, at places: Tensor) throws -> Tensor {
    let flat =
      isConvolution
      ? try result.permuted([1, 0, 2, 3]).reshaped([channels, -1])
      : try result.reshaped([-1, channels]).permuted([1, 0])
    let chosen = try flat.picked(along: 1, at: places)
    return try chosen.reshaped([groups, channels / groups, places.count]).permuted([0, 2, 1])
      .contiguous()
  }
}
