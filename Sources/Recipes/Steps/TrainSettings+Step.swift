package import Evaluation
package import Files
package import Models
import PluginHost
package import Training

extension TrainSettings: RecipeStep {
  package static let name = "train"
  package static let hasStrategies = false
  package static let onlyTrains = true

  package static func read(
    _ node: YAMLNode,
    classes _: Int,
    file: String
  ) throws(RecipeError) -> TrainSettings { try read(node, file: file) }

  package static func schema(strategies _: [RecipeSchema.Strategy]) -> JSONValue {
    RecipeSchema.train
  }

  package var summary: RunEvent.Step { .init(Self.name, length: length) }

  package var training: TrainSettings? {
    get { self }
    set { self = newValue ?? self }
  }

  package func run(on model: Model, in context: StepContext) throws -> any StepResult {
    try context.train(model, self)
  }
}

extension TrainStep: StepResult {
  /// The last loss, and the last metric where there is one.
  package var figures: [JSONValue.Member] {
    [.init("loss", .double(summary.loss))]
      + (summary.metric.map { [.init("metric", .double($0))] } ?? [])
  }
}
