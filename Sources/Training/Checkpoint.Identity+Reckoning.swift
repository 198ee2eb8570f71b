import Files
import Graphs
import ModelFormats
import Models
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
