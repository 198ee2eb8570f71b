package import PluginKit

/// Why a strategy cannot be had by its name and settings.
package enum PluginHostError: Error, Sendable {
  /// Nobody offers it; `known` are those with the interface that is wanted, or all.
  case unknownStrategy(
    String,
    nearest: String?,
    known: [String],
    wanted: PluginInterface? = nil,
    absence: Absence? = nil
  )
  /// A manifest lists it with an interface that this host does not use.
  case skipped(SkippedStrategy, plugin: String)
  /// A manifest lists it, but the plugin is disabled, shadowed or not taken.
  case leftOut(String, PluginCandidate.Verdict)
  case refused(String, Refusal)
  /// A plugin that the user named is refused, whatever was asked of it.
  case namedRefused(Refusal)
  /// Nobody offers it, and these may: plugins whose manifests could not be taken.
  case notAmong(String, refusals: [Refusal])
  case parameters(strategy: String, ParameterProblem)
  case otherInterface(String, is: PluginInterface, wanted: PluginInterface)
  /// Its tensors may lie where this run, or any, has none for it.
  case otherDevice(String, has: StrategyDevices, interface: PluginInterface)
  case doesNotPlan(String)
  case doesNotScore(String)
  case plugin(PluginError)

  /// A built-in of which only the manifest is there.
  package struct Absence: Sendable, Hashable {
    package let manifest: String
    package let library: String
  }
}

extension PluginHostError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unknownStrategy(let id, _, _, _, let absence?):
      "the strategy \"\(id)\" is not known: \(absence.manifest) lists it, but its library \(absence.library) "
        + "is not there; build it with `make build`, or remove the manifest"
    case .unknownStrategy(let id, let nearest, let known, let wanted, nil):
      "the strategy \"\(id)\" is not known"
        + (nearest.map { "; did you mean \"\($0)\"?" } ?? "")
        + (known.isEmpty
          ? "; no plugin\(wanted.map { " with the interface \($0.rawValue)" } ?? "") was found: "
            + "`espalier plugin list --why` tells where was looked"
          : "; known\(wanted.map { " with the interface \($0.rawValue)" } ?? "") are "
            + known.joined(separator: ", "))
    case .skipped(let skipped, let plugin): "\(skipped) (it is of the plugin \(plugin))"
    case .leftOut(let id, let verdict):
      "the strategy \"\(id)\" cannot be used: its plugin is \(verdict)"
    case .refused(let id, let refusal): "the strategy \"\(id)\" was refused: \(refusal)"
    case .namedRefused(let refusal):
      "the plugin named by --plugin or by the recipe was refused: \(refusal)"
    case .notAmong(let id, let refusals):
      "the strategy \"\(id)\" is not known; it may be that of a plugin that was refused: "
        + refusals.prefix(3).map(\.description).joined(separator: "; and ")
        + (refusals.count > 3
          ? "; and \(refusals.count - 3) more, which `espalier plugin list --why` names" : "")
    case .parameters(let id, let problem): "strategy \"\(id)\": \(problem)"
    case .otherInterface(let id, let found, let wanted):
      "the strategy \"\(id)\" has the interface \(found.rawValue), but \(wanted.rawValue) is needed here: "
        + "`espalier plugin list` tells which there are"
    case .otherDevice(let id, let devices, .distill):
      "the strategy \"\(id)\" takes tensors on \(devices.names) only, and this run is on the CPU: set 'device: cuda', "
        + "or take another strategy"
    case .otherDevice(let id, let devices, let interface):
      "the strategy \"\(id)\" takes tensors on \(devices.names) only, but \(interface.rawValue) lends memory of the CPU on every "
        + "run: take another strategy, or let its author add the CPU to its device_mask"
    case .doesNotPlan(let id):
      "the strategy \"\(id)\" only scores channels: use it as `--strategy uniform --set score=\(id)`"
    case .doesNotScore(let id):
      "the strategy \"\(id)\" does not score channels, so it cannot be a \"score\""
    case .plugin(let error): "\(error)"
    }
  }
}

extension StrategyDevices {
  /// The kinds, as messages name them.
  fileprivate var names: String {
    var names: [String] = []
    if contains(.cpu) { names.append("the CPU") }
    if contains(.cuda) { names.append("CUDA devices") }
    return names.isEmpty ? "devices that this host does not know" : names.joined(separator: " and ")
  }
}

extension PluginHostError {
  /// The refusal behind it, with its code, place and cure.
  package var refusal: Refusal? {
    switch self {
    case .refused(_, let refusal), .namedRefused(let refusal), .leftOut(_, .refused(let refusal)):
      refusal
    case .notAmong(_, let refusals): refusals.first
    default: nil
    }
  }
}
