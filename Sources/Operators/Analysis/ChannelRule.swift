package import Graphs

/// How a cut of channels on one side of an operator shows on the other side.
///
/// The analysis gives every value a *label tensor*: an integer array that broadcasts to the value's shape and
/// says, for each element along the tracked axes, which channel it belongs to. A rule moves labels as the
/// operator moves data, and joins labels that must be cut together. See ``ChannelCall``.
package struct ChannelRule: Sendable {
  package let apply: @Sendable (inout ChannelCall) -> Void

  package init(_ apply: @escaping @Sendable (inout ChannelCall) -> Void) { self.apply = apply }
}

extension ChannelRule {
  /// Mixes or hides channels: everything labelled that enters is never cut.
  package static let closed = ChannelRule { $0.closeInputs() }
}

/// One application of an operator, as a channel rule sees it.
package struct ChannelCall {
  package let node: Node

  mutating func closeInputs() {}
}

extension ChannelRule {
  /// Every output element depends on the elements at the same place of all inputs, which broadcast; their labels are joined.
  static let elementwise = closed
  /// The output has input 0's shape and labels (activations, casts, dropout, identity).
  static let passThrough = closed
  /// Output channels are the filters; the weight's axis 1 reads the input's channels; groups couple.
  static let convolution = closed
  /// As `convolution` with the weight's axes the other way round.
  static let convolutionTranspose = closed
  /// As `convolution`; the offsets and the mask are never cut.
  static let deformableConvolution = closed
  /// Columns of input 0 meet rows of the weight; the weight's other axis makes channels of the output.
  static let gemm = closed
  /// A constant right operand acts as in `gemm`; two computed operands close what they contract.
  static let matMul = closed
  /// Axis 1 passes; scale, bias, mean and variance are cut with it.
  static let batchNormalization = closed
  /// Instance normalisation: axis 1 passes; scale and bias are cut with it.
  static let perChannelNormalization = closed
  /// PRelu: passes; the slope is cut where it varies by channel.
  static let perChannelSlope = closed
  /// Axes 0 and 1 pass; spatial axes carry no labels.
  static let pooling = closed
  /// Labels are joined end to end along the axis.
  static let concat = closed
  /// Labels are cut apart along the axis; sizes follow a cut.
  static let split = closed
  /// Labels are sliced; starts and ends follow a cut.
  static let slice = closed
  /// Constant indices pick labels; they are renumbered after a cut.
  static let gather = closed
  /// Padding along the channel axis makes channels that are zero; the amount follows a cut.
  static let pad = closed
  /// Labels are transposed.
  static let transpose = closed
  /// Labels are reshaped (Reshape, Flatten); a constant target follows a cut.
  static let reshape = closed
  /// An axis of size one goes.
  static let squeeze = closed
  /// An axis of size one comes.
  static let unsqueeze = closed
  /// Spatial resizing: axes that keep their size pass; constant sizes follow a cut.
  static let resize = closed
  /// Broadcasts labels to a constant target.
  static let expand = closed
  /// Axes that are not repeated pass; others close.
  static let tile = closed
  /// Reduced axes must carry no labels, or they close; the others pass.
  static let reduction = closed
  /// Mixes along `axis` (softmax and its kin): closes labels there; the other axes pass.
  static let alongAxis = closed
  /// Mixes all axes from `axis` on: closes labels there.
  static let layerNormalization = closed
  /// Reads only shapes or nothing (Shape, Size, ConstantOfShape): the output carries no labels.
  static let source = closed
}
