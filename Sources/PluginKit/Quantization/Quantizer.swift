/// A strategy that decides which tensors become whole numbers, and which range each of them covers.
///
/// A quantizer plans; the host looks at the tensors while images pass, makes scales of the ranges, puts them into the
/// graph, and trains where the plan asks for it. Implementation requirements:
/// - The same model, settings and seed give the same plan and ranges.
/// - Nothing of the context is used after a call returned.
public protocol Quantizer: Sendable {
  /// Chooses what stays float, what is done beside rounding, and whether training follows.
  ///
  /// - Parameter model: The tensors to choose from; nothing has been calibrated yet.
  /// - Returns: The plan.
  /// - Throws: ``PluginError`` where no plan can be made.
  func plan(for model: any QuantizationContext) throws(PluginError) -> QuantizationPlan

  /// Chooses the range of one tensor.
  ///
  /// - Parameters:
  ///   - tensor: The tensor.
  ///   - model: The model that it is of, calibrated.
  /// - Returns: As many ranges as the tensor takes, each finite, its low end not above its high one.
  /// - Throws: ``PluginError`` where no range can be given.
  func ranges(
    of tensor: QuantizedTensor,
    in model: any QuantizationContext
  ) throws(PluginError) -> [QuantizationRange]
}

extension Quantizer {
  /// Quantizes everything that is offered, and trains nothing.
  public func plan(for model: any QuantizationContext) throws(PluginError) -> QuantizationPlan {
    QuantizationPlan()
  }
}

/// What the host offers while a quantizer decides; nothing of it may be kept.
public protocol QuantizationContext: AnyObject {
  /// The tensors to choose from; `tensors[i].index == i`.
  var tensors: [QuantizedTensor] { get throws(PluginError) }

  /// The values of a weight; valid until the call into the strategy returns.
  func weight(of tensor: QuantizedTensor) throws(PluginError) -> WeightView

  /// What calibration saw of an activation.
  ///
  /// - Throws: ``PluginError/Code/unimplemented`` while planning.
  func statistics(of tensor: QuantizedTensor) throws(PluginError) -> CalibrationStatistics

  /// The seed of the run.
  var seed: UInt64 { get }

  /// Whether the strategy should end soon with ``PluginError/Code/cancelled``.
  var shouldStop: Bool { get }

  /// Tells the user something.
  func log(_ level: LogLevel, _ message: String)
}

extension QuantizationContext {
  /// Zero, unless the run has a seed.
  public var seed: UInt64 { 0 }
  /// Never, unless the host can be asked to stop.
  public var shouldStop: Bool { false }
  /// Drops the message, unless the host keeps a log.
  public func log(_ level: LogLevel, _ message: String) {}
}

/// A tensor that may become whole numbers of 8 bits.
public struct QuantizedTensor: Sendable, Hashable, Codable {
  /// What a tensor is.
  public enum Kind: UInt32, Sendable, Hashable, Codable {
    /// A value, or several that share a scale.
    case activation = 1
    /// A layer's weight.
    case weight = 2
  }

  /// Its place among the tensors offered.
  public var index: Int
  /// What it is.
  public var kind: Kind
  /// The value's name, or that of the layer whose weight it is.
  public var name: String
  /// The operator that makes the value, or multiplies by the weight; empty for an input of the network.
  public var op: String
  /// How many ranges it takes: one, or one an output channel.
  public var rangeCount: Int
  /// A weight's axis of output channels.
  public var axis: Int?
  /// What it is stored as.
  public var encoding: QuantizationEncoding

  /// Describes a tensor.
  public init(
    index: Int,
    kind: Kind,
    name: String,
    op: String,
    rangeCount: Int,
    axis: Int?,
    encoding: QuantizationEncoding
  ) {
    self.index = index
    self.kind = kind
    self.name = name
    self.op = op
    self.rangeCount = rangeCount
    self.axis = axis
    self.encoding = encoding
  }
}
