public import Graphs

/// YOLOv3 (Redmon, Farhadi 2018) as the compression benchmark trains it, as an ONNX-shaped graph.
///
/// The input is `image`, N×3×H×W; the outputs `yolo_output.0`, `.1` and `.2` are the raw maps of strides 32, 16 and 8,
/// N×3(5+C)×H/s×W/s, for each of three anchors tx, ty, tw, th, objectness and C class logits. Parameters have the
/// benchmark's names; batch norm stands unfolded.
public struct YOLOv3: Sendable, Hashable {
  /// The network that the head reads its features from.
  public enum Backbone: Sendable, Hashable {
    /// `width` multiplies the filters of every layer of the backbone; the head has a width of its own.
    case mobilenetV1(width: Double = 1)
    case resnet34
    case resnet50vdDCN

    /// The name in recipes, such as `mobilenet_v1`.
    public var name: String {
      switch self {
      case .mobilenetV1: "mobilenet_v1"
      case .resnet34: "resnet34"
      case .resnet50vdDCN: "resnet50vd_dcn"
      }
    }
  }

  /// The network that the head reads.
  public var backbone: Backbone
  /// The number of classes: 80 for COCO, 20 for Pascal VOC.
  public var classes: Int
  /// Multiplies the filters of every layer of the head but the predictions.
  public var headWidth: Double

  /// Describes a network.
  public init(backbone: Backbone, classes: Int = 80, headWidth: Double = 1) {
    self.backbone = backbone
    self.classes = classes
    self.headWidth = headWidth
  }

  /// The network as a graph at opset 22.
  ///
  /// - Parameters:
  ///   - size: the images' size, or nil to leave it open as `height` and `width`.
  ///   - batch: the number of images, or nil to leave it open as `batch`.
  ///   - weights: what the parameters hold.
  /// - Returns: a graph that obeys every rule of ``Graph/verify()``.
  /// - Throws: ``ArchitectureError`` when a size is not a multiple of 32 or a count makes no network.
  public func graph(
    size: ImageSize? = ImageSize(608),
    batch: Int? = nil,
    weights: Weights = .seeded(0)
  ) throws(ArchitectureError) -> Graph {
    try check(size: size, batch: batch)
    var net = GraphBuilder()
    let maps = head(on: pyramid(of: .image, in: &net), in: &net)
    return net.graph(
      name: "yolov3_\(backbone.name)",
      outputs: maps,
      size: size,
      batch: batch,
      weights: weights
    )
  }

  private func pyramid(
    of image: GraphBuilder.Value,
    in net: inout GraphBuilder
  ) -> Pyramid {
    switch backbone {
    case .mobilenetV1(let width): MobileNetV1(width: width).pyramid(of: .image, in: &net)
    case .resnet34: ResNet34().pyramid(of: .image, in: &net)
    case .resnet50vdDCN: ResNet50vdDCN().pyramid(of: .image, in: &net)
    }
  }

  private func check(size: ImageSize?, batch: Int?) throws(ArchitectureError) {
    guard (1...1_000_000).contains(classes) else { throw .badClassCount(classes) }
    if let batch, batch < 1 { throw .badBatch(batch) }
    if let size, !size.fits(multipleOf: 32) { throw .badSize(size) }
    if case .mobilenetV1(let width) = backbone, !(0.03125...64).contains(width) {
      throw .badWidth(width)
    }
    guard (0.03125...64).contains(headWidth) else { throw .badWidth(headWidth) }
  }
}
