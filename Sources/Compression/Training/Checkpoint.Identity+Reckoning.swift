import Files
import Graphs
import ModelFormats
import Tensors

extension Checkpoint.Identity {
  /// What a step's checkpoints belong to.
  ///
  /// - Throws: `ONNXError` for a graph that cannot be encoded; `TensorError`.
  init(
    _ settings: TrainSettings,
    model: Model,
    data: String,
    seed: UInt64,
    distillation: Distillation? = nil
  ) throws {
    let graph = try ONNX.encode(model.graph)
    self.init(
      recipe: try distillation.map { distillation in
        let both = try "\(settings.digest) \(distillation.digest)"
        return SHA256.hexadecimal(of: Array(both.utf8).span)
      } ?? settings.digest,
      graph: SHA256.hexadecimal(of: graph.elements(as: UInt8.self).span),
      data: data,
      threads: try Runtime.threadCount(),
      channelsLast: settings.channelsLast,
      seed: seed,
      torch: try Runtime.describe()?.torchVersion ?? "",
      program: Checkpoint.program
    )
  }
}

extension Checkpoint {
  /// How checkpoints name this program.
  static let program = "espalier"
}

extension TrainSettings {
  /// A hash of all that decides the bits of what comes out.
  ///
  /// Left out is what only decides how often something is written, and the length where the schedule does not depend on it.
  package var digest: String {
    var settings = self
    settings.checkpointEvery = 0
    settings.checkpointMinutes = 0
    settings.keep = 1
    settings.logEvery = 1
    settings.threads = 0
    settings.seed = nil
    if settings.schedule != .cosine { settings.length = .iterations(0) }
    // Digests stand in models and checkpoints, so their text stays as it was when settings knew their place in a recipe.
    let text = "\("\(settings)".dropLast()), mark: nil)"
    return SHA256.hexadecimal(of: Array(text.utf8).span)
  }
}
