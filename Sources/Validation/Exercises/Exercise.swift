import PluginHost
import PluginKit

/// An instance of a strategy that is called once on drawn inputs.
protocol Exercise: Sendable {
  /// What the strategy is called with.
  associatedtype Material: AnyObject

  /// Draws what the strategy is called with.
  func material(_ inputs: Inputs, _ draw: inout Draw) throws -> Material

  /// Calls every function of the strategy, and gives what it answered as bits.
  ///
  /// - Parameters:
  ///   - material: What it is called with.
  ///   - checking: Whether answers are looked at.
  ///   - draw: For what is drawn from answers.
  /// - Returns: The answers.
  /// - Throws: ``Finding`` where an answer is wrong; what the strategy throws.
  func run(_ material: Material, checking: Bool, _ draw: inout Draw) throws -> [UInt64]
}

extension Exercise {
  /// Draws inputs, calls the strategy on them, and looks at what it answers.
  func run(_ inputs: Inputs, _ draw: inout Draw) throws -> [UInt64] {
    try run(try material(inputs, &draw), checking: true, &draw)
  }

  /// The same calls again and again, on inputs that are drawn once.
  func rounds(_ inputs: Inputs, seed: UInt64) throws -> () throws -> Void {
    var draw = Draw(seed)
    let material = try material(inputs, &draw)
    let start = draw
    return {
      var draw = start
      _ = try run(material, checking: false, &draw)
    }
  }

  /// The same calls of one new instance after another.
  static func rounds(
    _ make: @escaping () throws -> Self,
    _ inputs: Inputs,
    seed: UInt64
  ) throws -> () throws -> Void {
    var draw = Draw(seed)
    let material = try make().material(inputs, &draw)
    let start = draw
    return {
      var draw = start
      _ = try make().run(material, checking: false, &draw)
    }
  }
}

/// A strategy of the plugin that is checked.
struct Subject: Sendable {
  let registry: PluginRegistry
  let id: String
  let interface: PluginInterface
  let description: StrategyDescription
  /// What a user gave by `--set`, and what required parameters need.
  let settings: [String: ParameterValue]

  /// Why the strategy cannot be made without help; `nil` where it can.
  let obstacle: String?

  init(
    _ registry: PluginRegistry,
    _ id: String,
    _ interface: PluginInterface,
    given: [String: ParameterValue]
  ) throws {
    self.registry = registry
    self.id = id
    self.interface = interface
    description = try registry.description(of: id)
    var settings: [String: ParameterValue] = [:]
    var obstacle: String?
    for spec in description.parameters {
      if let value = given[spec.name] {
        settings[spec.name] = value
      } else if spec.isRequired {
        guard let value = spec.someValue else {
          obstacle = "\"\(spec.name)\" is required: give it by --set \(spec.name)=VALUE"
          continue
        }
        settings[spec.name] = value
      }
    }
    self.settings = settings
    self.obstacle = obstacle
  }

  /// Makes an instance.
  func make(_ changed: [String: ParameterValue] = [:]) throws -> any Exercise {
    let settings = settings.merging(changed) { $1 }
    switch interface {
    case .pruner: return try PrunerExercise(registry, id, settings)
    case .distill:
      return DistillExercise(loss: try registry.distillLoss(named: id, settings: settings))
    case .quantizer:
      return QuantizerExercise(quantizer: try registry.quantizer(named: id, settings: settings))
    case .space: return SpaceExercise(space: try registry.space(named: id, settings: settings))
    }
  }
}

extension ParameterSpec {
  /// A value that the declaration allows, where one can be known.
  fileprivate var someValue: ParameterValue? {
    if let value = defaultValue ?? minimum { return value }
    switch kind {
    case .bool: return .bool(false)
    case .int: return .int(1)
    case .double: return .double(0.5)
    case .string: return choices.first.map { .string($0) }
    default: return nil
    }
  }
}

extension Double {
  var bits: UInt64 { bitPattern }
}
