package import Evaluation
import Files
package import Models

/// What a recipe file asks for: a model, steps that make it smaller, and where the result goes.
package struct Recipe: Sendable {
  /// The file that the run writes at its end.
  package struct Export: Sendable, Hashable {
    /// The model's name in the run folder.
    package var onnx = "model.onnx"
    /// The opset to write; nil takes the least that suffices.
    package var opset: Int?

    package init() {}

    /// The model's name where a gate was missed: `model.missed.onnx`.
    package var missed: String { "\(FilePath.stem(of: onnx)).missed.onnx" }
  }

  package var model: ModelSource
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
  package var steps: [any RecipeStep]
  /// What becomes of the run where a step's strategy fails, one a step.
  package var policies: [FailurePolicy]
  /// What each step's model must keep to, where its recipe says something.
  package var gates: [Gate?]
  /// Manifests of plugins that the recipe brings, relative to its folder.
  package var plugins: [String] = []
  package var export: Export
  /// What it was read from.
  package let source: RecipeSource
}

extension Recipe {
  /// The manifests of the plugins that the recipe brings, as they are seen from where the program runs.
  package func plugins(from base: String) -> [String] {
    plugins.map { FilePath.path($0, from: base) }
  }
}
