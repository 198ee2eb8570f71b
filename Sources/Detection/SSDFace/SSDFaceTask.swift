import Datasets
import Glibc
package import Metrics
import Operators
package import Tensors

/// BlazeFace's single-shot detection of faces as PaddleDetection 0.2 trains and evaluates it.
///
/// Outputs are `face_box.0`, `.1` (four numbers a prior) and `face_score.0`, `.1` (background, face), strides 8 and 16.
package struct SSDFaceTask: DetectionTask {
  package static let name = "ssd_face"
  private static let variances: [Double] = [0.1, 0.1, 0.2, 0.2]

  /// The least IoU at which a prior takes a face.
  package var matchThreshold: Double = 0.35
  /// Negatives for each positive, those with the largest loss.
  package var negativeRatio: Float = 3
  /// What a score must exceed.
  package var scoreThreshold: Float = 0.01
  package var suppression = Suppression(overlap: 0.3, candidates: 5000, kept: 750, addsOne: false)

  package init() {}

  package func loss(
    _ outputs: [String: Tensor],
    _ targets: TaskTargets
  ) throws -> TaskLoss {
    let priors = FacePriors(inputSize: targets.inputSize)
    let images = targets.boxes.count
    let boxes = try flat(outputs, "face_box", 4, targets.inputSize, images)
    let scores = try flat(outputs, "face_score", 2, targets.inputSize, images)
    let logits = try scores.detached().floats()
    var rows = Rows()
    for (image, faces) in targets.boxes.enumerated() {
      try check(faces, image)
      let owners = priors.matches(
        faces.filter { $0.width > 0 && $0.height > 0 },
        threshold: matchThreshold
      )
      rows.add(
        image: image,
        faces: faces.filter { $0.width > 0 && $0.height > 0 },
        owners: owners,
        priors: priors.all,
        logits: logits,
        ratio: negativeRatio
      )
    }
    return try loss(boxes, scores, rows)
  }

  package func detections(
    _ outputs: [String: Tensor],
    _ images: TaskImages
  ) throws -> [[DetectedBox]] {
    let count = images.indices.count
    let boxes = try flat(outputs, "face_box", 4, images.inputSize, count).floats()
    let scores = try flat(outputs, "face_score", 2, images.inputSize, count).floats()
    let priors = FacePriors(inputSize: images.inputSize).all
    let (threshold, suppression) = (scoreThreshold, suppression)
    return ImagesInParallel(count: count).map { image in
      var corners: [Suppression.Corners] = []
      var keys: [UInt64] = []
      for (place, prior) in priors.enumerated() {
        let at = image * priors.count + place
        let score = sigmoid(scores[2 * at + 1] - scores[2 * at])
        guard score > threshold else { continue }
        let box = Self.decoded(prior, boxes[(4 * at)...].prefix(4))
        guard box.isFinite else { continue }
        keys.append(Suppression.key(score: score, box: corners.count))
        corners.append(box)
      }
      let size = images.originalSizes[image]
      let (width, height) = (Float(size.width), Float(size.height))
      return suppression.survivors(of: corners, keys: [keys]).map { survivor in
        var box = corners[survivor.box]
        box.left *= width
        box.right *= width
        box.top *= height
        box.bottom *= height
        return DetectedBox(survivor, box, image: images.indices[image])
      }
    }
  }

  private static func decoded(
    _ prior: FacePriors.Prior,
    _ code: ArraySlice<Float>
  ) -> Suppression.Corners {
    let start = code.startIndex
    let numbers = (0..<4).map { variances[$0] * Double(code[start + $0]) }
    let x = prior.centerX + numbers[0] * prior.width
    let y = prior.centerY + numbers[1] * prior.height
    let width = exp(numbers[2]) * prior.width
    let height = exp(numbers[3]) * prior.height
    return Suppression.Corners(
      left: Float(x - width / 2),
      top: Float(y - height / 2),
      right: Float(x + width / 2),
      bottom: Float(y + height / 2)
    )
  }

  /// The four numbers that say where a face lies from a prior.
  static func encoded(_ face: TargetBox, _ prior: FacePriors.Prior) -> [Float] {
    let numbers = [
      (Double(face.centerX) - prior.centerX) / prior.width,
      (Double(face.centerY) - prior.centerY) / prior.height,
      log(Double(face.width) / prior.width), log(Double(face.height) / prior.height),
    ]
    return zip(numbers, variances).map { Float($0 / $1) }
  }

  private func check(_ faces: [TargetBox], _ image: Int) throws(DetectionError) {
    for face in faces {
      let numbers = [face.centerX, face.centerY, face.width, face.height]
      guard numbers.allSatisfy(\.isFinite), face.category == 0 else {
        throw .unsupported(
          task: Self.name,
          "image \(image) of the batch has a box of class \(face.category) at \(numbers); faces are "
            + "finite and of class 0"
        )
      }
    }
  }

  /// The maps of both strides as images x priors x numbers.
  private func flat(
    _ outputs: [String: Tensor],
    _ kind: String,
    _ numbers: Int,
    _ inputSize: PixelSize,
    _ images: Int
  ) throws -> Tensor {
    let parts = try FacePriors.steps.indices.map { level in
      let name = "\(kind).\(level)"
      guard let map = outputs[name] else {
        let names = outputs.keys.sorted().map { "'\($0)'" }.joined(separator: ", ")
        throw DetectionError.outputs(
          task: Self.name,
          "there is no output '\(name)'; there are \(names)"
        )
      }
      let step = FacePriors.steps[level]
      let wanted = [
        images, numbers * FacePriors.sides[level].count,
        FacePriors.cells(inputSize.height, step), FacePriors.cells(inputSize.width, step),
      ]
      guard map.shape == wanted else {
        throw DetectionError.outputs(
          task: Self.name,
          "output '\(name)' is \(map), wanted \(wanted), a cell for every \(step) pixels of the input"
        )
      }
      return try map.permuted([0, 2, 3, 1]).reshaped([images, -1, numbers])
    }
    return try Tensor.concatenated(parts, along: 1)
  }
}
