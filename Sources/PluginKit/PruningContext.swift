import Tensors

/// What the host offers while a strategy plans or scores; nothing of it may be kept.
public protocol PruningContext: AnyObject {
  /// The groups to choose from; `groups[i].index == i`.
  var groups: [PruningGroup] { get throws(PluginError) }

  /// The values of one member's weight, dense, as 32-bit floats; valid until the call into the
  /// strategy returns.
  func weight(_ member: Int, of group: PruningGroup) throws(PluginError) -> WeightView

  /// The derivative of the task's loss by that weight: the mean over images of the run, each passed alone, with the
  /// statistics of normalisation frozen. What training leaves alone, such as those, has the gradient zero.
  ///
  /// - Throws: ``PluginError/Code/unimplemented`` where the run has no labelled images.
  func gradient(_ member: Int, of group: PruningGroup) throws(PluginError) -> WeightView

  /// How many images gradients are taken over.
  ///
  /// - Throws: ``PluginError/Code/unimplemented`` where the run has no labelled images.
  var gradientSamples: Int { get throws(PluginError) }

  /// For each of the same images, the derivatives of its loss by a factor on each channel, where the factor is 1: on what
  /// the group's consumers read, or where it has none, on what its producers make.
  ///
  /// - Returns: A row an image, a number a channel.
  /// - Throws: ``PluginError/Code/unimplemented`` where the run has no labelled images.
  func maskGradients(of group: PruningGroup) throws(PluginError) -> [[Double]]

  /// The host's own importance of each channel: the L1 norm.
  func importance(of group: PruningGroup) throws(PluginError) -> [Double]

  /// The uncut model as ONNX bytes.
  func model() throws(PluginError) -> [UInt8]

  /// Multiply-adds and parameters of the whole model after each plan.
  func cost(of plans: [PruningPlan]) throws(PluginError) -> [PruningCost]

  /// The task's metric (more is better) after each plan, without fine-tuning. Ask for all plans at
  /// once: the host shares work between them.
  ///
  /// - Throws: ``PluginError/Code/unimplemented`` where the run has no task.
  func evaluate(_ plans: [PruningPlan]) throws(PluginError) -> [Double]

  /// Lets this image use `Tensor` and `ATen` over the host's runtime; loads libtorch where needed.
  ///
  /// - Throws: ``PluginError/Code/unimplemented`` where the host has no runtime.
  func loadTensors() throws(PluginError)

  /// The seed of the run: the only source of randomness that keeps a run reproducible.
  var seed: UInt64 { get }

  /// Whether the strategy should end soon with ``PluginError/Code/cancelled``.
  var shouldStop: Bool { get }

  /// Tells the user something.
  func log(_ level: LogLevel, _ message: String)
}

extension PruningContext {
  /// The values of the weight that names the group.
  public func weight(of group: PruningGroup) throws(PluginError) -> WeightView {
    try weight(0, of: group)
  }

  /// Not offered, unless the host has a task.
  public func gradient(_ member: Int, of group: PruningGroup) throws(PluginError) -> WeightView {
    throw PluginError(.unimplemented, "this run has no task, so there are no gradients")
  }

  /// Not offered, unless the host has a task.
  public var gradientSamples: Int {
    get throws(PluginError) {
      throw PluginError(.unimplemented, "this run has no task, so there are no gradients")
    }
  }

  /// Not offered, unless the host has a task.
  public func maskGradients(of group: PruningGroup) throws(PluginError) -> [[Double]] {
    throw PluginError(.unimplemented, "this run has no task, so there are no gradients")
  }

  /// Not offered, unless the host has a task.
  public func evaluate(_ plans: [PruningPlan]) throws(PluginError) -> [Double] {
    throw PluginError(.unimplemented, "this run has no task, so a plan cannot be evaluated")
  }

  /// Loads the runtime into this image, which is the host's own.
  public func loadTensors() throws(PluginError) {
    do throws(TensorError) {
      try Runtime.load()
    } catch {
      throw PluginError(.unimplemented, "the tensor runtime cannot be loaded", cause: error)
    }
  }

  /// Zero, unless the run has a seed.
  public var seed: UInt64 { 0 }

  /// Never, unless the host can be asked to stop.
  public var shouldStop: Bool { false }

  /// Drops the message, unless the host keeps a log.
  public func log(_ level: LogLevel, _ message: String) {}
}

/// What the whole model costs after a plan.
public struct PruningCost: Sendable, Hashable, Codable {
  /// Multiply-adds at the run's input size.
  public var macs: Int
  /// Parameters.
  public var parameters: Int

  /// Collects a cost.
  public init(macs: Int, parameters: Int) {
    self.macs = macs
    self.parameters = parameters
  }
}

/// How loud a message is.
public enum LogLevel: Int32, Sendable, Hashable, Comparable {
  /// For whoever looks for a fault.
  case debug = 0
  /// For everyone.
  case info = 1
  /// Something is odd.
  case warning = 2
  /// Something failed.
  case error = 3

  /// Orders by loudness.
  public static func < (a: LogLevel, b: LogLevel) -> Bool { a.rawValue < b.rawValue }
}
