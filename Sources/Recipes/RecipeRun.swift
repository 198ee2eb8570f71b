package import Evaluation
import Files
import Graphs
import ModelFormats
import Models
import Operators
package import PluginHost
import Tensors

/// A recipe carried out: its model read, its steps done in order, the result and the recipe in a folder.
///
/// Every file appears under its name only when it is whole, the model before the report, so that a run that is killed
/// leaves no half a file. Resumed, steps without checkpoints are done again, and steps that train go on from theirs.
package struct RecipeRun: Sendable {
  /// The steps, in order, each with the models before and after it.
  package let steps: [any StepResult]
  /// The folder.
  package let folder: String
  /// The model that was written.
  package let output: String
  /// The plugins that the recipe or the user named and the steps used.
  package let plugins: [PluginIdentity]
  /// What each step's gate found; none for steps without one.
  package let gates: [[GateCheck]]

  /// Whether the last step's model missed its gate, so that the run ended there and the model has another name.
  package var hasMissed: Bool { gates.last?.contains { !$0.holds } ?? false }

  /// Checks the recipe, does its steps, and writes recipe and model.
  ///
  /// - Parameters:
  ///   - recipe: what to do.
  ///   - text: the recipe's own text, which is copied into the folder.
  ///   - folder: where results go; it is made where it is not there.
  ///   - environment: plugins, and who is told.
  /// - Returns: what was done.
  /// - Throws: ``RecipeError``, `StrategyFailure`, `ModelFailure`, `TrainingError`, `FileError`, ``DatabaseError``.
  package static func run(
    _ recipe: Recipe,
    text: String,
    folder: String,
    _ environment: RunEnvironment
  ) throws -> RecipeRun {
    let model = try check(recipe, environment)
    let device = try recipe.isResumable ? Device.named(recipe.device) : .cpu
    try Folder.make(folder)
    NewFile.removeLeftovers(in: folder)
    try File.write(Array(text.utf8), to: "\(folder)/recipe.yml")
    let store = try recipe.isResumable ? RunStore(folder: folder) : nil
    try store?.record([("base", FilePath.absolute(environment.base))])
    let plugins = environment.registry.loadedNamed
    try store?.settle(plugins, isResuming: environment.isResuming)
    var current = model
    var steps: [any StepResult] = []
    var gates: [[GateCheck]] = []
    let keeper = GateKeeper(
      recipe,
      original: model,
      device: try recipe.gates.contains { $0 != nil } ? Device.named(recipe.device) : device,
      base: environment.base,
      tell: environment.tell
    )
    for (index, step) in recipe.steps.enumerated() {
      environment.tell(.step(step.summary, number: index + 1, of: recipe.steps.count))
      let context = StepContext(
        recipe: recipe,
        original: model,
        environment: environment,
        device: device,
        folder: folder,
        number: index + 1,
        store: store
      )
      let done = try naming(index, of: recipe) {
        try carryOut(step, recipe.policies[index], on: current, in: context)
      }
      try store?.finish(step: index + 1, name: type(of: step).name, summary: done.summary)
      current = done.after
      steps.append(done)
      gates.append(try recipe.gates[index].map { try keeper.checks(of: current, by: $0) } ?? [])
      if !gates[index].isEmpty {
        environment.tell(.gate(step: type(of: step).name, gates[index]))
      }
      if gates[index].contains(where: { !$0.holds }) { break }
    }
    let hasMissed = gates.last?.contains { !$0.holds } ?? false
    let missed = "\(folder)/\(recipe.export.missed)"
    let output = hasMissed ? missed : "\(folder)/\(recipe.export.onnx)"
    environment.tell(.writing(output))
    try current.write(to: output, opset: recipe.export.opset)
    // What an earlier run left there is not this one's.
    if !hasMissed { try File.remove(missed) }
    return RecipeRun(
      steps: steps,
      folder: folder,
      output: output,
      plugins: plugins,
      gates: gates
    )
  }
}

extension RecipeRun {
  /// Does a step, or what its policy says where its strategy fails.
  ///
  /// A resumed run does what it did before it was interrupted, though the strategy might not fail again: what came after it has been
  /// trained on that.
  private static func carryOut(
    _ step: any RecipeStep,
    _ policy: FailurePolicy,
    on model: Model,
    in context: StepContext
  ) throws -> any StepResult {
    guard policy != .stop else { return try step.run(on: model, in: context) }
    let failure: FailedStep.Failure
    if context.environment.isResuming,
      let known = try context.store?.failure(ofStep: context.number)
    {
      failure = known
    } else {
      do { return try step.run(on: model, in: context) } catch {
        guard let found = FailedStep.Failure(error, in: step) else { throw error }
        failure = found
      }
      // What comes instead begins anew.
      if step.training != nil {
        try Folder.remove("\(context.folder)/checkpoints/step-\(context.number)")
      }
      try context.store?.record(failure, ofStep: context.number)
    }
    guard case .fallback(let choice) = policy else {
      context.tell(.strategyFailed(failure.strategy, reason: failure.reason, instead: nil))
      return FailedStep(skipping: failure, model)
    }
    context.tell(
      .strategyFailed(failure.strategy, reason: failure.reason, instead: choice.strategy)
    )
    let done = try step.done(by: choice).run(on: model, in: context)
    return try FailedStep(failure, instead: done, by: choice.strategy)
  }
}

extension Recipe {
  /// Whether any step trains.
  package var trains: Bool { steps.contains { $0.training != nil } }

  /// Whether any step keeps records, so that an interrupted run can be resumed.
  package var isResumable: Bool { trains || steps.contains { type(of: $0).keepsRecords } }
}

extension StepResult {
  /// What the run's store keeps of the step.
  fileprivate var summary: JSONValue {
    let cost = after.cost
    return .object(
      [
        .init("parameters", .int(cost.parameters)), .init("multiplyAdds", .int(cost.multiplyAdds)),
      ] + figures
    )
  }
}
