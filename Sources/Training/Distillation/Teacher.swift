package import Datasets
import Evaluation
import Graphs
import ModelFormats
package import Models
import Operators
package import Tensors

/// A network that is only looked at: frozen, batch norm folded, without gradients.
package final class Teacher {
  package let model: Model
  /// The values that are asked for.
  package let names: [String]
  private let session: Session
  private let passes: BatchPasses
  private let input: String
  private let device: Device
  private let precision: DType?
  private let cache: TeacherCache?
  /// Where a GPU computes its values, beside the student's.
  private let stream: Stream

  /// Prepares a network.
  ///
  /// - Parameters:
  ///   - model: the network.
  ///   - names: the values that steps compare.
  ///   - device: where it runs.
  ///   - precision: what its convolutions compute in; nil for float32.
  ///   - cache: a folder that keeps values for images that stay the same.
  /// - Throws: ``TrainingError/inputs(model:_:)``; `FileError`; `TensorError` without the device.
  package init(
    _ model: Model,
    names: [String],
    device: Device = .cpu,
    precision: DType? = nil,
    cache: String? = nil
  ) throws {
    self.model = model
    self.names = names
    self.device = device
    self.precision = precision
    stream = try Stream(on: device)
    if let precision, device.kind == .cpu { try Self.requireComputing(in: precision) }
    input = try Trainer.imageInput(of: model)
    passes = BatchPasses(model.fixedBatch())
    session = Session(
      model.graph,
      operators: model.operators,
      device: device,
      mode: .fast,
      memory: 0,
      narrow: precision,
      resumePoints: Set(names)
    )
    self.cache = try cache.map {
      try TeacherCache(
        $0,
        of: model,
        names: names,
        precision: precision.map { "\($0)" } ?? "float32"
      )
    }
  }

  /// Refuses a type that oneDNN does not compute in on this processor.
  private static func requireComputing(in precision: DType) throws {
    let ones = [1, 1]
    do {
      let weight = try ATen.one("to_mkldnn", Tensor.full([16, 16, 1, 1], 0, dtype: precision))
      _ = try ATen.one("mkldnn_reorder_conv2d_weight", weight, [0, 0], ones, ones, 1)
    } catch {
      throw TrainingError.unusable(
        "'teacher_precision: \(precision)' is not to be had on this processor: leave it out (\(error))"
      )
    }
  }

  /// A hash of the network's nodes and weights.
  package var digest: String { get throws { try TeacherCache.digest(of: model) } }

  /// The values of a batch, in 32-bit floats; on a GPU they are ready after ``join()``.
  ///
  /// - Throws: `OperatorError`; ``DistillError/uncachable(model:value:shape:images:)``.
  package func values(_ image: Tensor, of batch: ImageBatch) throws -> [String: Tensor] {
    guard let cache else { return try computed(image) }
    let keys = cache.keys(of: batch)
    if let known = try cache.read(keys) { return try known.mapValues { try $0.moved(to: device) } }
    let made = try computed(image)
    try join()
    try cache.write(made, keys)
    return made
  }

  /// Lets the values be used: what is enqueued from here on waits for them.
  ///
  /// - Throws: `TensorError` from the device.
  package func join() throws { try stream.join() }

  private func computed(_ image: Tensor) throws -> [String: Tensor] {
    // On the CPU the session's own fused convolutions are narrow; elsewhere autocast is.
    try stream.enqueue {
      try withAutocast(to: device.kind == .cpu ? nil : precision, on: device.kind) {
        try withoutGradients {
          try passes.outputs(of: [input: image]) {
            try session.resume(from: $0, wanting: names)
          }.mapValues { try $0.converted(to: .float32) }
        }
      }
    }
  }
}

@available(*, unavailable) extension Teacher: Sendable {}
