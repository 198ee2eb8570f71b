package import PluginKit

/// What a recipe file asks for: a model, steps that make it smaller, and where the result goes.
package struct Recipe: Sendable, Hashable {
  /// Where the model comes from.
  package enum Model: Sendable, Hashable {
    /// An ONNX file; a relative path is relative to the recipe's folder.
    case file(String)
    /// A network that we build, by its name, for a number of classes, its filters multiplied by a width.
    case architecture(String, classes: Int, width: Double = 1)
  }

  /// One thing that is done to the model.
  package enum Step: Sendable, Hashable {
    case prune(PruneSettings)
    case train(TrainSettings)
    case distill(DistillSettings)
    case quantize(QuantizeSettings)

    /// The step's key in recipes.
    package var name: String {
      switch self {
      case .prune: "prune"
      case .train: "train"
      case .distill: "distill"
      case .quantize: "quantize"
      }
    }
  }

  /// The file that the run writes at its end.
  package struct Export: Sendable, Hashable {
    /// The model's name in the run folder.
    package var onnx = "model.onnx"
    /// The opset to write; nil takes the least that suffices.
    package var opset: Int?

    package init() {}
  }

  package var model: Model
  /// What the model is for, where the recipe says.
  package var task: TaskSettings?
  /// The images to train and evaluate on.
  package var data: DataSettings?
  /// A file of weights to start from: ONNX or safetensors.
  package var pretrained: String?
  package var device: String
  /// Sizes for inputs that the model leaves open, such as `3x416x416`; nil takes 1x3x640x640.
  package var inputSize: [Int]?
  package var seed: UInt64
  package var steps: [Step]
  package var export: Export
  /// What it was read from.
  package let source: RecipeSource
}

/// One parameter of a strategy, its value as it was written: the strategy's own types decide what it is read as.
package struct StrategyParameter: Sendable, Hashable {
  package let name: String
  package let value: ParameterValue

  /// A parameter's name and value.
  package init(_ name: String, _ value: ParameterValue) {
    self.name = name
    self.value = value
  }
}

extension [StrategyParameter] {
  /// The values by name; of a name that is given twice the last.
  package var values: [String: ParameterValue] {
    Dictionary(map { ($0.name, $0.value) }) { $1 }
  }
}

/// What to prune a model by: a strategy, its parameters and the host's own choices.
package struct PruneSettings: Sendable, Hashable {
  package var strategy: String
  package var parameters: [StrategyParameter]
  /// Kept counts are rounded up to a multiple of this.
  package var align: Int

  package init(
    strategy: String,
    parameters: [StrategyParameter] = [],
    align: Int = 1
  ) {
    self.strategy = strategy
    self.parameters = parameters
    self.align = align
  }
}
