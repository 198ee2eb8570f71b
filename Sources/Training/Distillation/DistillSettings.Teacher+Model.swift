import Files
package import Models
import Operators

extension DistillSettings.Teacher {
  /// The model; nil where it is the one before the first step.
  ///
  /// - Parameters:
  ///   - inputSize: sizes for inputs that the model leaves open.
  ///   - seed: of the run.
  ///   - base: the folder that relative paths start from.
  /// - Returns: the model, with its weights.
  /// - Throws: ``ModelFailure``; `PretrainedWeightsError` for a weight that the file lacks or has in another shape;
  ///   ``TrainingError/unusable(_:)`` for a network whose weights would be drawn.
  package func model(inputSize: [Int]?, seed: UInt64, base: String) throws -> Model? {
    guard case .model(let source, let weights) = self else { return nil }
    if case .architecture(let name, _, _) = source, weights == nil {
      throw TrainingError.unusable(
        "the teacher \(name) would have weights that were drawn: name a file of weights, as in "
          + "teacher: {model: \(name), weights: teacher.safetensors}"
      )
    }
    let model = try source.model(from: base, inputSize: inputSize, seed: seed)
    guard let weights else { return model }
    var graph = model.graph
    let filled = try PretrainedWeights(filling: &graph, from: FilePath.path(weights, from: base))
    guard filled.missing.isEmpty else {
      throw TrainingError.unusable(
        "the teacher's weights in \(weights) lack \(filled.missing.count) of \(model.name), such as "
          + "'\(filled.missing[0])'"
      )
    }
    return try model.replacing(graph: graph)
  }
}
