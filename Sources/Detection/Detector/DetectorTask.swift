package import Datasets
package import Graphs
package import Metrics
package import Tensors

/// A detector whose outputs a head reads.
///
/// Its loss compares with a teacher's outputs, part by part for what they mean; it has none of labels.
package struct DetectorTask: DetectionTask {
  package static let name = "detector"
  package static let endsAtLastPixels = false

  /// The name of the head.
  package let headName: String
  package let head: any Head
  package let selection: BoxSelection
  /// Whether boxes end at the picture's edges.
  ///
  /// Ultralytics' validation lets them reach into the letterbox's grey, its prediction does not.
  package let clips: Bool
  /// For each class of the network its place among the data's; nil keeps all as they are.
  package let classes: [Int?]?

  /// - Parameters:
  ///   - headName: for messages.
  ///   - head: reads outputs.
  ///   - selection: of boxes.
  ///   - clips: whether boxes end at the picture's edges.
  ///   - classes: for each class of the network its place among the data's.
  package init(
    _ headName: String,
    _ head: any Head,
    selection: BoxSelection = BoxSelection(),
    clips: Bool = false,
    classes: [Int?]? = nil
  ) {
    self.headName = headName
    self.head = head
    self.selection = selection
    self.clips = clips
    self.classes = classes
  }

  package func loss(_ outputs: [String: Tensor], _ targets: TaskTargets) throws -> TaskLoss {
    guard targets.teacher.isEmpty else {
      return try MatchTeacherTask(rows: head.matchedRows).loss(outputs, targets)
    }
    throw DetectionError.unsupported(
      task: Self.name,
      "a head reads boxes and has no loss of labels; take task yolov8 or detr to train such networks with labels, or the step 'distill', which needs none"
    )
  }

  package func detections(
    _ outputs: [String: Tensor],
    _ images: TaskImages
  ) throws -> [[DetectedBox]] {
    let given = HeadOutputs(outputs, images: images.indices.count, head: headName)
    let rows = try head.rows(given, images.inputSize)
    guard rows.count == images.indices.count else {
      throw DetectionError.outputs(
        task: headName,
        "the outputs are of \(rows.count) images; there are \(images.indices.count)"
      )
    }
    let (selection, classes, clips) = (selection, classes, clips)
    return ImagesInParallel(count: rows.count).map { image in
      let place = images.placement(image)
      return selection.survivors(of: rows[image], classes: classes).map { survivor in
        DetectedBox(
          survivor,
          place.inPicture(rows[image].boxes[survivor.box], clips: clips),
          image: images.indices[image]
        )
      }
    }
  }

  package func companions(images: Int, inputSize: PixelSize) -> [String: Constant] {
    head.companions(images: images, input: inputSize)
  }
}

extension ImagePlacement {
  /// A box in the input as one in the picture.
  func inPicture(_ box: Suppression.Corners, clips: Bool) -> Suppression.Corners {
    var first = inPicture(x: Double(box.left), y: Double(box.top))
    var last = inPicture(x: Double(box.right), y: Double(box.bottom))
    if clips {
      first = clipped(x: first.x, y: first.y)
      last = clipped(x: last.x, y: last.y)
    }
    return Suppression.Corners(
      left: Float(first.x),
      top: Float(first.y),
      right: Float(last.x),
      bottom: Float(last.y)
    )
  }
}

extension DetectorTask: CustomStringConvertible {
  /// What decides its boxes, for keys of caches.
  package var description: String {
    "\(headName) \(head) \(selection) \(clips ? "clipped " : "")\(classes.map { "\($0)" } ?? "all classes")"
  }
}
