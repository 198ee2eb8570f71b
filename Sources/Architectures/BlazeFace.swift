package import Graphs

/// The BlazeFace family (Bazarevsky and others, 2019) as PaddleDetection 0.2 trains it on faces, as ONNX-shaped graphs.
///
/// The input is `image`, N×3×H×W. For strides 8 and 16 there are two raw maps each: `face_box.0` and `.1` with four
/// numbers a prior, `face_score.0` and `.1` with two (background and face), two priors a cell on stride 8 and six on 16.
package struct BlazeFace: Sendable, Hashable {
  /// The members of the family.
  package enum Variant: String, Sendable, Hashable, CaseIterable {
    case original = "blazeface"
    case lite = "blazeface_lite"
    case nas = "blazeface_nas"
    case nasV2 = "blazeface_nas_v2"
  }

  /// What lies between the image and the predictions.
  package enum Body: Sendable, Hashable {
    /// BlazeBlocks, and what they look by.
    case blocks(Blocks, Kernels)
    /// The units of BlazeFace-Lite, each a depthwise and a pointwise convolution.
    case lite
  }

  /// The graph's name.
  package var name: String
  package var body: Body

  /// A published network; Lite has kernels of its own.
  package init(_ variant: Variant, kernels: Kernels = .fiveByFive) {
    name = variant.rawValue
    body = Blocks(variant).map { .blocks($0, kernels) } ?? .lite
  }

  /// A network of any blocks.
  package init(_ blocks: Blocks, kernels: Kernels = .fiveByFive, name: String = "blazeface") {
    self.name = name
    body = .blocks(blocks, kernels)
  }

  /// The priors of a cell, on strides 8 and 16.
  private static let priors = [2, 6]

  /// The network as a graph at opset 22.
  ///
  /// - Parameters:
  ///   - size: the images' size, or nil to leave it open as `height` and `width`.
  ///   - batch: the number of images, or nil to leave it open as `batch`.
  ///   - weights: what the parameters hold.
  /// - Returns: a graph that obeys every rule of ``Graph/verify()``.
  /// - Throws: ``ArchitectureError`` when a size is not a multiple of 16, the batch is below 1, or blocks do not fit each other.
  package func graph(
    size: ImageSize? = ImageSize(640),
    batch: Int? = nil,
    weights: Weights = .seeded(0)
  ) throws(ArchitectureError) -> Graph {
    if let batch, batch < 1 { throw .badBatch(batch) }
    if let size, !size.fits(multipleOf: 16) { throw .badSize(size, step: 16) }
    var net = GraphBuilder()
    let image = GraphBuilder.Value(name: "image", channels: 3, stride: 1)
    let features: [GraphBuilder.Value]
    switch body {
    case .blocks(let blocks, let kernels):
      try blocks.check()
      features = BlazeBody(blocks, kernels).features(image, in: &net)
    case .lite: features = lite(image, in: &net)
    }
    var maps: [GraphBuilder.Value] = []
    for (kind, numbers) in [("face_box", 4), ("face_score", 2)] {
      for (level, feature) in features.enumerated() {
        maps.append(
          net.prediction(
            feature,
            "\(kind).\(level)",
            filters: numbers * Self.priors[level],
            kernel: 3
          )
        )
      }
    }
    func info(_ value: GraphBuilder.Value) -> ValueInfo {
      let first: Dimension = batch.map(Dimension.known) ?? .symbolic("batch")
      let shape = [first, .known(value.channels)] + ImageSize.extent(size, stride: value.stride)
      return ValueInfo(value.name, .float32, Shape(shape))
    }
    return net.graph(
      name: name,
      inputs: [info(image)],
      outputs: maps.map(info),
      weights: weights
    )
  }
}
