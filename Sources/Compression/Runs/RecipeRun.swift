import Graphs
import ModelFormats
import Operators
package import PluginHost
package import PluginKit

/// A recipe carried out: its model read, its steps done in order, the result and the recipe in a folder.
///
/// Every file appears under its name only when it is whole, the model before the report, so that a run that is killed
/// leaves no half a file; run again, it starts over and overwrites.
package struct RecipeRun: Sendable {
  /// The steps, in order, each with the models before and after it.
  package let steps: [PruneStep]
  /// The folder.
  package let folder: String
  /// The model that was written.
  package let output: String

  /// Checks that everything a recipe names is there, before anything runs: the model, the strategies and their
  /// parameters.
  ///
  /// - Parameters:
  ///   - recipe: what to check.
  ///   - base: the folder that relative paths start from.
  ///   - file: how messages name the recipe.
  ///   - registry: the plugins that may be used.
  /// - Returns: the model that the recipe names.
  /// - Throws: ``StepFailure``, ``ModelFailure`` or ``RecipeError``.
  package static func check(
    _ recipe: Recipe,
    base: String,
    file: String,
    registry: PluginRegistry
  ) throws -> Model {
    for case .prune(let settings) in recipe.steps {
      do { _ = try registry.pruner(named: settings.strategy, settings: settings.values) } catch {
        throw RecipeError(.strategy("\(error)"), file: file, mark: settings.place(of: error))
      }
    }
    switch recipe.model {
    case .file(let path):
      return try Model.read(
        path.hasPrefix("/") ? path : "\(base)/\(path)",
        inputSize: recipe.inputSize
      )
    case .architecture(let name, let classes, let width):
      return try Model.built(
        name,
        classes: classes,
        width: width,
        inputSize: recipe.inputSize,
        seed: recipe.seed
      )
    }
  }

  /// Does the steps and writes recipe, model and report.
  ///
  /// - Parameters:
  ///   - recipe: what to do.
  ///   - text: the recipe's own text, which is copied into the folder.
  ///   - model: what ``check(_:base:file:registry:)`` returned.
  ///   - folder: where results go; it is made where it is not there.
  ///   - registry: the plugins that may be used.
  ///   - progress: told before each step.
  ///   - log: told what plugins say.
  /// - Throws: ``StepFailure``, ``ModelFailure``, ``WholeFile/Failure``.
  package init(
    _ recipe: Recipe,
    text: String,
    model: Model,
    folder: String,
    registry: PluginRegistry,
    progress: (String) -> Void,
    log: @escaping (LogLevel, String) -> Void
  ) throws {
    try WholeFile.makeFolder(folder)
    try WholeFile.write(Array(text.utf8), to: "\(folder)/recipe.yml")
    var model = model
    var steps: [PruneStep] = []
    for (index, step) in recipe.steps.enumerated() {
      switch step {
      case .train: continue
      case .prune(let settings):
        progress("step \(index + 1) of \(recipe.steps.count): prune by \(settings.strategy)")
        let done = try PruneStep(
          model,
          settings: settings,
          registry: registry,
          seed: recipe.seed,
          log: log
        )
        model = done.after
        steps.append(done)
      }
    }
    output = "\(folder)/\(recipe.export.onnx)"
    progress("writing \(output)")
    try model.write(to: output, opset: recipe.export.opset)
    self.steps = steps
    self.folder = folder
  }
}

extension PruneSettings {
  /// Where a recipe has what the plugin host refuses: the parameter, or else the strategy's name.
  fileprivate func place(of error: PluginHostError) -> YAMLMark? {
    guard case .parameters(_, let problem) = error else { return mark }
    let name =
      switch problem {
      case .unknown(let name, _, _), .wrongType(let name, _, _), .notFinite(let name),
        .outOfRange(let name, _, _, _), .notAChoice(let name, _, _, _), .missing(let name, _),
        .givenTwice(let name, _):
        name
      }
    return parameters.last { $0.name == name }?.value.mark ?? mark
  }
}
