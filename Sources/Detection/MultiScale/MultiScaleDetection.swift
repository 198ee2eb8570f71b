package import Datasets
import Metrics
package import Tensors

/// A detector that looks at an image at many scales, and votes over what it finds.
package struct MultiScaleDetection: Sendable {
  package let task: any DetectionTask
  package var voting = BoxVoting()

  package init(_ task: any DetectionTask) { self.task = task }

  /// The picture as a look sees it.
  package func picture(_ picture: Picture, _ run: ScaleRuns.Run) -> Picture {
    let size = PixelSize(
      width: max(1, Int(Double(picture.width) * run.scale)),
      height: max(1, Int(Double(picture.height) * run.scale))
    )
    let resized = picture.resizedByLanczos(to: size)
    return run.isMirrored ? resized.mirrored(.leftRight) : resized
  }

  /// What a look has found, in pixels of the image, class by class.
  ///
  /// - Parameters:
  ///   - outputs: of the network for that one picture.
  ///   - run: the look.
  ///   - seen: the size of the picture that the network saw.
  ///   - width: the image's width.
  /// - Returns: by class, the boxes that count.
  /// - Throws: ``DetectionError``; `TensorError`.
  package func votes(
    _ outputs: [String: Tensor],
    _ run: ScaleRuns.Run,
    seen: PixelSize,
    width: Int
  ) throws -> [Int: [BoxVoting.Vote]] {
    let images = TaskImages(indices: [0], originalSizes: [seen], inputSize: seen)
    var votes: [Int: [BoxVoting.Vote]] = [:]
    for found in try task.detections(outputs, images).joined() {
      let box = found.box
      var edges = [box.x, box.y, box.right, box.bottom].map { $0 / run.scale }
      if run.isMirrored {
        (edges[0], edges[2]) = (Double(width) - edges[2], Double(width) - edges[0])
      }
      guard run.kept.has(edges) else { continue }
      votes[found.category, default: []].append(.init(edges: edges, score: found.score))
    }
    return votes
  }
}
