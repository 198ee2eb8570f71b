import Tensors

/// A strategy that compares a network in training, the student, with another, the teacher.
///
/// A loss only says how far apart two networks are: the host runs both, weighs the loss against others and
/// trains. Implementation requirements:
/// - The loss is a tensor with one element, recorded from the student's tensors by ATen's operators or by
///   `Tensor.custom`.
/// - The same tensors, settings and seed give the same loss.
/// - Nothing of the context, and no tensor of a step, is used after ``loss(of:in:)`` returned.
public protocol DistillLoss: Sendable {
  /// What is compared where a recipe names no taps; the outputs, unless a loss asks for something else.
  var taps: [DistillTap] { get throws(PluginError) }

  /// Computes the loss of a batch.
  ///
  /// - Parameters:
  ///   - pairs: The student's tensors, each with the teacher's; at least one. 32-bit floats.
  ///   - context: Where training is, and the batch's labels.
  /// - Returns: A tensor with one element.
  /// - Throws: Whatever keeps the loss from being computed; the run stops with its text.
  func loss(of pairs: [DistillPair], in context: any DistillContext) throws -> Tensor
}

extension DistillLoss {
  /// The outputs.
  public var taps: [DistillTap] { get throws(PluginError) { [.outputs] } }
}

/// What a loss compares.
public enum DistillTap: Sendable, Hashable {
  /// Each output of the student with the teacher's of its name, else of its stride, else of its place.
  case outputs
  /// The maps that the last convolutions before the outputs read, paired by stride.
  case features
  /// Two values of the networks by their names.
  case named(student: String, teacher: String)
}

/// Two tensors that are compared.
public struct DistillPair: Sendable {
  /// The student's, with gradients recorded.
  public let student: Tensor
  /// The teacher's, without.
  public let teacher: Tensor
  /// What the student calls its value.
  public let studentName: String
  /// What the teacher calls its value.
  public let teacherName: String
  /// Input pixels per pixel of the student's map; `nil` where that is not known.
  public let stride: Int?

  /// Collects a pair.
  public init(
    student: Tensor,
    teacher: Tensor,
    studentName: String = "",
    teacherName: String = "",
    stride: Int? = nil
  ) {
    self.student = student
    self.teacher = teacher
    self.studentName = studentName
    self.teacherName = teacherName
    self.stride = stride
  }
}

/// What the host tells while a loss is computed; nothing of it may be kept.
public protocol DistillContext: AnyObject {
  /// Steps done before this one.
  var step: Int { get }
  /// Steps in all.
  var steps: Int { get }
  /// Rows of the batch's images.
  var inputHeight: Int { get }
  /// Columns of the batch's images.
  var inputWidth: Int { get }
  /// The seed of the run: the only source of randomness that keeps a run reproducible.
  var seed: UInt64 { get }
  /// Whether the strategy should end soon with ``PluginError/Code/cancelled``.
  var shouldStop: Bool { get }

  /// The labelled boxes of the batch.
  ///
  /// - Throws: ``PluginError/Code/unimplemented`` where the run has no labels.
  func targets() throws(PluginError) -> [DistillTarget]

  /// Tells the user something.
  func log(_ level: LogLevel, _ message: String)
}

extension DistillContext {
  /// Zero, unless the run has a seed.
  public var seed: UInt64 { 0 }

  /// Never, unless the host can be asked to stop.
  public var shouldStop: Bool { false }

  /// Not offered, unless the run has labels.
  public func targets() throws(PluginError) -> [DistillTarget] {
    throw PluginError(.unimplemented, "this run has no labels")
  }

  /// Drops the message, unless the host keeps a log.
  public func log(_ level: LogLevel, _ message: String) {}
}

/// A labelled box; lengths are shares of the input.
public struct DistillTarget: Sendable, Hashable {
  /// The image's place in the batch.
  public var image: Int
  /// The class, from 0.
  public var category: Int
  /// The centre, from the left.
  public var centerX: Float
  /// The centre, from the top.
  public var centerY: Float
  /// The box's width.
  public var width: Float
  /// The box's height.
  public var height: Float
  /// What the box counts; 1 unless images were mixed.
  public var weight: Float

  /// Describes a box.
  public init(
    image: Int,
    category: Int,
    centerX: Float,
    centerY: Float,
    width: Float,
    height: Float,
    weight: Float = 1
  ) {
    self.image = image
    self.category = category
    self.centerX = centerX
    self.centerY = centerY
    self.width = width
    self.height = height
    self.weight = weight
  }
}
