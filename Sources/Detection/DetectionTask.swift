package import Datasets
package import Graphs
package import Metrics
package import Tensors

/// What turns a detector's outputs into a loss and into boxes.
///
/// Adding a task is adding one conformance.
package protocol DetectionTask: Sendable {
  /// The name in recipes, such as `yolov3`.
  static var name: String { get }

  /// Whether a box's right and lower edges name its last pixels, so that metrics that count pixels add one to its sides; else boxes and labels
  /// are compared as they are.
  static var endsAtLastPixels: Bool { get }

  /// The values inside a network that the loss reads beside its outputs, such as logits; most losses read none.
  ///
  /// Asked once for the network that is trained, so that a network that cannot be trained is refused before the first step.
  ///
  /// - Parameter network: that is trained.
  /// - Returns: the values, each with the name by which the loss finds it.
  /// - Throws: ``DetectionError`` for a network that has no such values.
  func taps(in network: NetworkInterior) throws -> [TaskTap]

  /// The loss of a batch, recorded by autograd from the outputs.
  ///
  /// - Parameters:
  ///   - outputs: the network's outputs by name, and what the task taps, 32-bit floats.
  ///   - targets: labels, the input's size, and the teacher's outputs where the task has a teacher.
  /// - Returns: the scalar to minimise, and its terms for the log.
  /// - Throws: ``DetectionError`` where outputs and task do not fit; `TensorError`.
  func loss(_ outputs: [String: Tensor], _ targets: TaskTargets) throws -> TaskLoss

  /// Boxes in pixels of the original images, after non-maximum suppression, highest score first.
  ///
  /// - Parameters:
  ///   - outputs: the network's outputs by name.
  ///   - images: the batch's images, in order.
  /// - Returns: the boxes of each image.
  /// - Throws: ``DetectionError``; `TensorError`.
  func detections(_ outputs: [String: Tensor], _ images: TaskImages) throws -> [[DetectedBox]]

  /// What the network wants beside a batch of images, such as their sizes; most want nothing.
  ///
  /// - Parameters:
  ///   - images: how many.
  ///   - inputSize: the size of the network's input.
  /// - Returns: arrays by the inputs' names.
  func companions(images: Int, inputSize: PixelSize) -> [String: Constant]
}

extension DetectionTask {
  /// As PaddleDetection counts its detectors' boxes.
  package static var endsAtLastPixels: Bool { true }

  package func companions(images: Int, inputSize: PixelSize) -> [String: Constant] { [:] }

  package func taps(in network: NetworkInterior) throws -> [TaskTap] { [] }
}

/// What a loss compares outputs with.
package struct TaskTargets: Sendable {
  /// The boxes of each image.
  package var boxes: [[TargetBox]]
  /// The size of the network's input.
  package var inputSize: PixelSize
  /// The original network's outputs for the same batch, for tasks without labels.
  package var teacher: [String: Tensor]

  package init(boxes: [[TargetBox]], inputSize: PixelSize, teacher: [String: Tensor] = [:]) {
    self.boxes = boxes
    self.inputSize = inputSize
    self.teacher = teacher
  }
}

/// The images that outputs belong to.
package struct TaskImages: Sendable {
  /// The images' places in the data set, which their boxes carry.
  package var indices: [Int]
  /// Their sizes before they were resized.
  package var originalSizes: [PixelSize]
  /// The size of the network's input.
  package var inputSize: PixelSize
  /// How they were brought to that size.
  package var fit: ImagePreparation.Fit

  package init(
    indices: [Int],
    originalSizes: [PixelSize],
    inputSize: PixelSize,
    fit: ImagePreparation.Fit = .stretch
  ) {
    self.indices = indices
    self.originalSizes = originalSizes
    self.inputSize = inputSize
    self.fit = fit
  }

  /// Where an image of the batch lies in the input.
  package func placement(_ image: Int) -> ImagePlacement {
    ImagePlacement(of: originalSizes[image], in: inputSize, fit)
  }
}

/// A loss and what it is the sum of.
package struct TaskLoss: Sendable {
  /// The scalar to minimise.
  package var total: Tensor
  /// Named scalars for the log, such as `objectness`.
  package var terms: [(name: String, value: Tensor)]

  package init(total: Tensor, terms: [(name: String, value: Tensor)] = []) {
    self.total = total
    self.terms = terms
  }
}

/// Why a task cannot work on a network's outputs.
package enum DetectionError: Error, Sendable, Hashable {
  /// The network lacks an output, or has it in another shape.
  case outputs(task: String, String)
  /// The task cannot do what was asked, such as a loss without labels.
  case unsupported(task: String, String)
  /// No head fits a network's outputs; the nearest one, and what does not fit.
  case unrecognized(outputs: String, nearest: String?, reason: String)
}

extension DetectionError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .outputs(let task, let text): "task '\(task)': \(text)"
    case .unsupported(let task, let text): "task '\(task)': \(text)"
    case .unrecognized(let outputs, let nearest, let reason):
      "no head is known that makes these outputs: \(outputs)"
        + (nearest.map { "; the nearest is '\($0)', but \(reason)" } ?? "")
        + "; name one by the task's 'head' (docs/tasks.md lists them), or judge the model by its agreement (task match_teacher)"
    }
  }
}
