import Evaluation
import Models
import PluginHost
import PluginKit
import Pruning

/// The options of `espalier prune` that say what the model may cost, in place of a strategy.
enum PruneTargetOptions {
  private static let latency = Option.value(
    "target-latency",
    "MS|SHARE",
    "Cut to 12ms or 0.6x, keeping as much of the channels' worth as fits; measured in the runtime of --on."
  )
  private static let macs = Option.value(
    "target-macs",
    "N|SHARE",
    "Cut to 1.2G multiply-adds or 0.5x, keeping as much of the channels' worth as fits."
  )
  private static let size = Option.value(
    "target-size",
    "BYTES|SHARE",
    "Cut to a file of 3MB or 0.5x, keeping as much of the channels' worth as fits."
  )
  private static let on = Option.value(
    "on",
    "RUNTIME",
    "With --target-latency: onnxruntime, openvino or espalier."
  )
  private static let score = Option.value(
    "score",
    "NAME",
    "With a target: the strategy whose scores say what channels are worth (default the L1 norm); its parameters as --set score.NAME=VALUE."
  )
  private static let sensitivities = Option.value(
    "sensitivities",
    "FILE",
    "With a target: what widths are worth is the loss measured by `espalier sensitivity -o FILE`."
  )
  private static let times = Option.value(
    "layer-times",
    "FILE",
    "With --target-latency: the file that keeps the times of layers (default: one in the cache folder)."
  )

  static let all =
    [latency, macs, size, on, score, sensitivities, times, RuntimeOptions.threads]
    + RuntimeOptions.libraries

  private static let figures: [(Option, PruneTarget.Figure)] = [
    (latency, .latency), (macs, .macs), (size, .size),
  ]

  /// The target that options give; nil where there is none.
  static func target(of invocation: Invocation) throws(UsageError) -> PruneTarget? {
    let given = figures.filter { invocation.value($0.0) != nil }
    guard let (option, figure) = given.first, let text = invocation.value(option) else {
      for option in all where invocation.value(option) != nil {
        throw .needs(
          "--target-latency",
          because: "'--\(option.name)' says more of a target (or --target-macs, --target-size)"
        )
      }
      return nil
    }
    guard given.count == 1 else { throw .conflict(option.name, given[1].0.name) }
    guard let amount = PruneTarget.Amount(text, of: figure) else {
      throw .badValue(option.name, text, wanted: PruneTarget.Amount.wanted(figure))
    }
    var target = PruneTarget(figure, amount)
    target.place = try place(of: invocation, figure)
    target.sensitivities = invocation.value(sensitivities)
    return target
  }

  /// The settings of a target: nothing of a strategy's may stand beside it.
  static func settings(
    _ target: PruneTarget,
    _ texts: [String]
  ) throws(UsageError) -> (PruneTarget, parameters: [StrategyParameter]) {
    var (target, scores) = (target, [StrategyParameter]())
    for parameter in try Assignments.parameters(texts) {
      switch (parameter.name, parameter.value) {
      case ("include", let value): target.include = value.names
      case ("exclude", let value): target.exclude = value.names
      case ("keep_at_least", .double(let share)) where (0...1).contains(share):
        target.keepAtLeast = share
      case ("keep_at_least", .int(let share)) where (0...1).contains(share):
        target.keepAtLeast = Double(share)
      case (let name, let value) where name.hasPrefix("score."):
        scores.append(StrategyParameter(String(name.dropFirst(6)), value))
      default:
        throw .badValue(
          "set",
          parameter.name,
          wanted:
            "what a target takes: include, exclude, keep_at_least from 0 to 1, or score.NAME; how much is cut the target says"
        )
      }
    }
    return (target, scores)
  }

  /// The score that options name.
  static func score(
    of invocation: Invocation,
    _ parameters: [StrategyParameter]
  ) throws(UsageError) -> StrategyChoice? {
    guard let name = invocation.value(score) else {
      guard let first = parameters.first else { return nil }
      throw .needs("--score", because: "'score.\(first.name)' is a parameter of that strategy")
    }
    return StrategyChoice(name, parameters: parameters)
  }

  private static func place(
    of invocation: Invocation,
    _ figure: PruneTarget.Figure
  ) throws(UsageError) -> PruneTarget.Place? {
    let known = LatencyRuntime.allCases.map(\.name).joined(separator: ", ")
    guard figure == .latency else {
      for option in [on, times, RuntimeOptions.threads] where invocation.value(option) != nil {
        throw .needs("--target-latency", because: "'--\(option.name)' says where it is measured")
      }
      return nil
    }
    guard let name = invocation.value(on) else {
      throw .needs("--on", because: "milliseconds are those of a runtime: one of \(known)")
    }
    guard let runtime = LatencyRuntime(name) else {
      throw .badValue(on.name, name, wanted: "one of \(known)")
    }
    return PruneTarget.Place(
      runtime: runtime,
      threads: try invocation.int(RuntimeOptions.threads, in: 1...1024),
      times: invocation.value(times)
    )
  }

  /// What measures at a place, as options, variables and the machine name its library.
  static func latency(
    at place: PruneTarget.Place,
    _ invocation: Invocation
  ) throws -> NetworkTiming {
    NetworkTiming(try RuntimeOptions.latency(on: place.runtime, invocation))
  }
}

extension ParameterValue {
  /// The texts of a list, or the one text.
  fileprivate var names: [String] {
    switch self {
    case .string(let text): [text]
    case .strings(let texts): texts
    default: ["\(self)"]
    }
  }
}
