package import Graphs
package import Tensors

extension Convolution {
  /// What each place of a convolution's result is computed from: one column a place.
  ///
  /// - Parameters:
  ///   - node: a `Conv` over two spatial axes; its pads, strides and dilations count.
  ///   - input: N x C x H x W.
  ///   - kernel: height and width.
  /// - Returns: N x (C · height · width) x places, places in the order of rows.
  /// - Throws: ``OperatorError`` for attributes that do not fit, `TensorError` from torch.
  package static func columns(_ node: Node, _ input: Tensor, kernel: [Int]) throws -> Tensor {
    let window = try Window(node, kernel: kernel)
    let (padded, pads) = try evenPads(input, window, value: 0)
    return try ATen.one(
      "im2col",
      padded.contiguous(),
      window.kernel,
      window.dilations,
      pads,
      window.strides
    )
  }
}
