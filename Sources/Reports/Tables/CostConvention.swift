/// How each figure of a cost table was counted, in words.
enum CostConvention {
  static let ours =
    "at the stated input size; convolutions, deformable ones too, linear layers, matrix products"
  static let benchmark =
    "as the benchmark counts at a fixed size: no deformable convolution, one image"
  static let onePixel =
    "as the benchmark counts at an open size: each map has one pixel (its COCO rows)"
  static let parameters = "trained numbers, batch norm's statistics among them"
  static let bytes = "of the trained numbers, in the type that the file has"
  static let activations = "of every value made, each once; what lives at one time is less"
}
