import Graphs

extension GraphBuilder {
  /// Deformable convolution v2 (Zhu and others, 2018), 3×3, with its batch norm and relu.
  ///
  /// An ordinary convolution with 27 outputs says where to look: the first 18 are offsets, tap by tap Δy then Δx, as
  /// ONNX's `DeformConv` wants them; a sigmoid makes the last 9 the weights of the taps. It starts at zero, so that
  /// every tap looks straight and counts half.
  mutating func deformableConvNorm(
    _ x: Value,
    _ names: LayerNames,
    filters: Int,
    stride: Int
  ) -> Value {
    let taps = 9
    let place = window(kernel: 3, stride: stride, padding: 1, ["group": .int(1)])
    let guide = "\(names.convolution)_conv_offset"
    let guided = apply(
      "Conv",
      guide,
      [
        x.name,
        parameter("\(guide).w_0", [3 * taps, x.channels, 3, 3], .constant(0)),
        parameter("\(guide).b_0", [3 * taps], .constant(0)),
      ],
      place
    )
    let (offsets, logits) = ("\(guide)_offsets", "\(guide)_mask_logits")
    let sizes = literal("\(guide)_split_sizes", Constant([2 * taps, taps]))
    apply(
      "Split",
      "\(guide)_split",
      [guided, sizes],
      ["axis": .int(1)],
      outputs: [offsets, logits]
    )
    let mask = apply("Sigmoid", "\(guide)_mask", [logits])

    let weights = parameter(
      names.weights,
      [filters, x.channels, 3, 3],
      .normal(kernel: 3, channels: x.channels)
    )
    var attributes = place
    attributes["offset_group"] = .int(1)
    let made = apply(
      "DeformConv",
      names.convolution,
      [x.name, weights, offsets, "", mask],
      attributes
    )
    let y = Value(name: made, channels: filters, stride: x.stride * stride)
    return activated(normalized(y, names), names, .relu)
  }
}
