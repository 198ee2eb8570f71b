import Architectures
package import Graphs

/// The networks that we build, by name.
package enum Zoo {
  /// Their names.
  package static var names: [String] { Architecture.all.map(\.name) }

  /// Builds a network's graph, its batch of one unless stated, with seeded weights.
  ///
  /// - Parameters:
  ///   - name: one of ``names``.
  ///   - classes: how many classes it detects.
  ///   - form: how it differs from the network as published.
  ///   - inputSize: batch, channels, height and width; nil takes one image of the benchmark's size, 608×608 or 640×640.
  ///   - seed: for the weights.
  /// - Returns: the graph.
  /// - Throws: ``ModelFailure/unbuildable(_:)``.
  package static func graph(
    _ name: String,
    classes: Int,
    form: NetworkForm = NetworkForm(),
    inputSize: [Int]?,
    seed: UInt64
  ) throws(ModelFailure) -> Graph {
    let size = inputSize.flatMap {
      $0.count == 4 ? ImageSize(height: $0[2], width: $0[3]) : nil
    }
    do throws(ArchitectureError) {
      switch try Architecture.named(name) {
      case .yolov3(let standard):
        guard !form.isGrouped else { throw ArchitectureError.nothingToGroup(name) }
        let backbone = try standard.scaled(by: form.width)
        return try YOLOv3(backbone: backbone, classes: classes, headWidth: form.width).graph(
          size: size ?? ImageSize(608),
          batch: inputSize?.first ?? 1,
          weights: .seeded(seed)
        )
      case .blazeFace(let variant):
        guard form.width == 1 else { throw ArchitectureError.fixedWidth(name) }
        guard !form.isGrouped || variant != .lite else {
          throw ArchitectureError.nothingToGroup(name)
        }
        let kernels: BlazeFace.Kernels = form.isGrouped ? .groupedFiveByFive : .fiveByFive
        return try BlazeFace(variant, kernels: kernels).graph(
          size: size ?? ImageSize(640),
          batch: inputSize?.first ?? 1,
          weights: .seeded(seed)
        )
      }
    } catch { throw .unbuildable(error) }
  }
}

extension YOLOv3.Backbone {
  fileprivate func scaled(by width: Double) throws(ArchitectureError) -> YOLOv3.Backbone {
    switch self {
    case .mobilenetV1: return .mobilenetV1(width: width)
    case .resnet34, .resnet50vdDCN:
      guard width == 1 else { throw .fixedWidth(name) }
      return self
    }
  }
}
