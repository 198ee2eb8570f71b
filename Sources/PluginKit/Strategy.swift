/// A strategy that can be picked by name: it says who it is and is made from its settings.
///
/// A strategy also conforms to the protocol of an interface, such as ``Pruner``, which says what it
/// does.
public protocol Strategy: Sendable {
  /// Id, name, version and hyper-parameters; the same at every call.
  static var description: StrategyDescription { get }

  /// Makes an instance from settings that the host has checked against the description.
  init(settings: Settings) throws(PluginError)
}

/// What a strategy tells of itself.
public struct StrategyDescription: Sendable, Hashable, Codable {
  /// The id in a recipe: reverse DNS such as `org.example.taylor`.
  public var id: String
  /// A short name for people.
  public var name: String
  /// The strategy's own version.
  public var version: String
  /// What it does, in a sentence.
  public var doc: String
  /// The hyper-parameters, in a stable order.
  public var parameters: [ParameterSpec]
  /// Whether one instance may be called from several threads at once.
  public var isReentrant: Bool
  /// Whether the same input, parameters and seed give the same bits.
  public var isDeterministic: Bool
  /// Where the tensors may lie that it is given.
  public var devices: StrategyDevices

  /// Describes a strategy.
  public init(
    id: String,
    name: String,
    version: String,
    doc: String,
    parameters: [ParameterSpec] = [],
    isReentrant: Bool = true,
    isDeterministic: Bool = true,
    devices: StrategyDevices = .all
  ) {
    self.id = id
    self.name = name
    self.version = version
    self.doc = doc
    self.parameters = parameters
    self.isReentrant = isReentrant
    self.isDeterministic = isDeterministic
    self.devices = devices
  }
}

/// Kinds of devices, as in `esp_strategy.device_mask`.
public struct StrategyDevices: OptionSet, Sendable, Hashable, Codable {
  /// The bits.
  public let rawValue: UInt64
  /// Wraps the bits.
  public init(rawValue: UInt64) { self.rawValue = rawValue }
  /// Main memory.
  public static let cpu = StrategyDevices(rawValue: UInt64(ESP_DEVICE_MASK_CPU))
  /// A graphics processor of NVIDIA's.
  public static let cuda = StrategyDevices(rawValue: UInt64(ESP_DEVICE_MASK_CUDA))
  /// Wherever a run computes.
  public static let all: StrategyDevices = [.cpu, .cuda]
}
