/// How a cut of channels on one side of an operator shows on the other side.
///
/// The analysis gives every value a *label tensor*: an integer array that broadcasts to the value's shape and
/// says, for each element along the tracked axes, which channel it belongs to. A rule moves labels as the
/// operator moves data, and joins labels that must be cut together. See ``ChannelCall``.
package struct ChannelRule: Sendable {
  package let apply: @Sendable (inout ChannelCall) -> Void
  /// True where a weight takes up a cut of input 0, so that it goes no further.
  package let absorbs: Bool

  package init(
    absorbs: Bool = false,
    _ apply: @escaping @Sendable (inout ChannelCall) -> Void
  ) {
    self.absorbs = absorbs
    self.apply = apply
  }
}

extension ChannelRule {
  /// Mixes or hides channels: everything labelled that enters is never cut.
  package static let closed = ChannelRule { $0.closeInputs() }
  /// Every output element depends on the elements at the same place of all inputs, which broadcast; their labels are joined.
  package static let elementwise = ChannelRule { $0.applyElementwise() }
  /// The output has input 0's shape and labels (activations, casts, dropout, identity).
  package static let passThrough = ChannelRule { $0.applyPassThrough() }
  /// Passes; scale and zero point are cut where they vary along `axis` (QuantizeLinear, DequantizeLinear).
  package static let perAxisQuantization = ChannelRule { $0.applyPerAxisQuantization() }
  /// Output channels are the filters; the weight's axis 1 reads the input's channels; groups couple.
  package static let convolution = ChannelRule(absorbs: true) { $0.applyConvolution() }
  /// As `convolution` with the weight's axes the other way round.
  package static let convolutionTranspose = ChannelRule(absorbs: true) {
    $0.applyConvolutionTranspose()
  }
  /// As `convolution`; the offsets and the mask are never cut.
  package static let deformableConvolution = ChannelRule(absorbs: true) {
    $0.applyDeformableConvolution()
  }
  /// Columns of input 0 meet rows of the weight; the weight's other axis makes channels of the output.
  package static let gemm = ChannelRule(absorbs: true) { $0.applyGemm() }
  /// A constant right operand acts as in `gemm`; two computed operands close what they contract.
  package static let matMul = ChannelRule(absorbs: true) { $0.applyMatMul() }
  /// Axis 1 passes; scale, bias, mean and variance are cut with it.
  package static let batchNormalization = ChannelRule { $0.applyPerChannel(parameters: 1...4) }
  /// Instance normalisation: axis 1 passes; scale and bias are cut with it.
  package static let perChannelNormalization = ChannelRule { $0.applyPerChannel(parameters: 1...2) }
  /// PRelu: passes; the slope is cut where it varies by channel.
  package static let perChannelSlope = ChannelRule { $0.applyElementwise() }
  /// Axes 0 and 1 pass; spatial axes carry no labels.
  package static let pooling = ChannelRule { $0.applyPooling() }
  /// Labels are joined end to end along the axis.
  package static let concat = ChannelRule { $0.applyConcat() }
  /// Labels are cut apart along the axis; sizes follow a cut.
  package static let split = ChannelRule { $0.applySplit() }
  /// Labels are sliced; starts and ends follow a cut.
  package static let slice = ChannelRule { $0.applySlice() }
  /// Constant indices pick labels; they are renumbered after a cut.
  package static let gather = ChannelRule { $0.applyGather() }
  /// Padding along the channel axis makes channels that are zero; the amount follows a cut.
  package static let pad = ChannelRule { $0.applyPad() }
  /// Labels are transposed.
  package static let transpose = ChannelRule { $0.applyTranspose() }
  /// Labels are reshaped (Reshape, Flatten); a constant target follows a cut.
  package static let reshape = ChannelRule { $0.applyReshape() }
  /// An axis of size one goes.
  package static let squeeze = ChannelRule { $0.applyUnitAxes() }
  /// An axis of size one comes.
  package static let unsqueeze = ChannelRule { $0.applyUnitAxes() }
  /// Spatial resizing: axes that keep their size pass; constant sizes follow a cut.
  package static let resize = ChannelRule { $0.applyResize() }
  /// Broadcasts labels to a constant target.
  package static let expand = ChannelRule { $0.applyExpand() }
  /// Axes that are not repeated pass; others close.
  package static let tile = ChannelRule { $0.applyTile() }
  /// Reduced axes must carry no labels, or they close; the others pass.
  package static let reduction = ChannelRule { $0.applyReduction() }
  /// As `reduction` along the one axis that an attribute names.
  package static let reductionOfOneAxis = ChannelRule { $0.applyReductionOfOneAxis() }
  /// Mixes along `axis` (softmax and its kin): closes labels there; the other axes pass.
  package static let alongAxis = ChannelRule { $0.applyAlongAxis() }
  /// As `alongAxis` where the axis is input 1.
  package static let alongGivenAxis = ChannelRule { $0.applyAlongGivenAxis() }
  /// Mixes all axes from `axis` on: closes labels there.
  package static let layerNormalization = ChannelRule { $0.applyLayerNormalization() }
  /// Makes the sizes of input 0 (Shape), which follow a cut.
  package static let sizes = ChannelRule { $0.applySizes() }
  /// Reads only shapes or nothing (Size, ConstantOfShape): the output carries no labels.
  package static let source = ChannelRule { _ in }
}
