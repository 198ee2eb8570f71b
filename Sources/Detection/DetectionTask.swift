package import Datasets
package import Metrics
package import Tensors

/// What turns a detector's outputs into a loss and into boxes.
///
/// Adding a task is adding one conformance.
package protocol DetectionTask: Sendable {
  /// The name in recipes, such as `yolov3`.
  static var name: String { get }

  /// The loss of a batch, recorded by autograd from the outputs.
  ///
  /// - Parameters:
  ///   - outputs: the network's outputs by name, 32-bit floats.
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

  package init(indices: [Int], originalSizes: [PixelSize], inputSize: PixelSize) {
    self.indices = indices
    self.originalSizes = originalSizes
    self.inputSize = inputSize
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
}

extension DetectionError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .outputs(let task, let text): "task '\(task)': \(text)"
    case .unsupported(let task, let text): "task '\(task)': \(text)"
    }
  }
}
