import Files
import Models
import PluginHost
import PluginKit
import Pruning
import Recipes
import Reports

/// `espalier prune`: one pruning without a recipe, ONNX in and ONNX out.
enum Prune {
  private static let strategy = Option.value(
    "strategy",
    short: "-s",
    "NAME",
    "What decides the cut; `espalier plugin list` names the strategies that prune."
  )
  private static let set = Option.value(
    "set",
    "NAME=VALUE",
    repeats: true,
    "A parameter of the strategy, such as ratio=0.3; lists as a,b or [a, b]."
  )
  private static let params = Option.value(
    "pruned-params",
    "NAMES",
    "The benchmark's spelling: weights, joined by commas (strategy list)."
  )
  private static let ratios = Option.value(
    "pruned-ratios",
    "RATIOS",
    "The benchmark's spelling: a ratio for each of them."
  )
  private static let dryRun = Option.flag("dry-run", "Decide and count, but write nothing.")
  private static let align = Option.value(
    "align",
    "N",
    "Round the channels kept up to a multiple of N, such as 8 (default 1)."
  )
  private static let opset = Option.value(
    "opset",
    "N",
    "The opset to write, 7 to 22 (default: that of the file, where it suffices)."
  )
  private static let seed = Option.value("seed", "N", "Seed for strategies that draw (default 0).")

  static let verb = Verb(
    name: "prune",
    summary: "Cut channels of a model by a strategy's plan.",
    operands: [.init(name: "MODEL", help: "An ONNX file.")],
    options: [
      strategy, set, params, ratios, .output, dryRun, align, .inputSize, opset, seed,
    ] + Option.plugins,
    notes: """
      espalier prune detector.onnx --strategy uniform --set ratio=0.3 -o small.onnx
      espalier prune detector.onnx --strategy r578 --dry-run --json
      """
  ) { invocation, console in
    let path = invocation.operands[0]
    let settings = try settings(of: invocation).readingSensitivities(from: ".")
    let target = try invocation.output(unless: dryRun)
    let opset = try invocation.int(opset, in: 7...22)
    let seed = try invocation.int(seed, in: 0...Int.max) ?? 0
    let registry = try invocation.usableRegistry(console)
    defer { registry.shutDown() }
    let model = try invocation.model(console)
    let bytesBefore = FileFacts.size(of: path)
    let step = try PruneStep.run(
      model,
      settings: settings,
      registry: registry,
      seed: UInt64(seed),
      tell: console.tell
    )
    if let target { try step.after.write(to: target, opset: opset) }
    let report = PruneReport(
      step,
      files: StepFiles(
        bytesBefore: bytesBefore,
        output: target,
        bytesAfter: target.flatMap(FileFacts.size)
      )
    )
    console.write(console.wantsJSON ? report.json.text : report.text)
    return .success
  }

  /// The strategy and its parameters as the options give them.
  private static func settings(of invocation: Invocation) throws -> PruneSettings {
    let lists = (invocation.value(params), invocation.value(ratios))
    var settings = PruneSettings(strategy: invocation.value(strategy) ?? "list")
    settings.align = try invocation.int(align, in: 1...1024) ?? 1
    if case (let names?, let shares?) = lists {
      guard settings.strategy == "list" else {
        throw UsageError.badValue("strategy", settings.strategy, wanted: "'list'")
      }
      do {
        settings.parameters = try PrunedLists.parameters(
          params: .string(names),
          ratios: .string(shares)
        )
      } catch {
        throw UsageError.badValue("pruned-params", names, wanted: "usable: \(error.problem)")
      }
    } else {
      if lists.0 != nil {
        throw UsageError.needs("--pruned-ratios", because: "each weight needs one")
      }
      if lists.1 != nil {
        throw UsageError.needs("--pruned-params", because: "it names the weights")
      }
      guard invocation.value(strategy) != nil else {
        throw UsageError.needs("--strategy", because: "it decides what is cut, such as uniform")
      }
    }
    settings.parameters += try Assignments.parameters(invocation.values(set))
    return settings
  }
}
