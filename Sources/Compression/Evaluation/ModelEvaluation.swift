import Graphs
import Operators
import Tensors

/// How a model did on a set: its records, the metric, and where the time went.
package struct ModelEvaluation: Sendable {
  /// Seconds of each part of the work.
  package struct Times: Sendable, Hashable {
    /// Reading, decoding and resizing images.
    package var decode = 0.0
    /// The network.
    package var forward = 0.0
    /// Outputs to records: decoding and suppression.
    package var postprocess = 0.0

    package var total: Double { decode + forward + postprocess }
  }

  /// One an image, in order.
  package let records: [ImageRecord]
  /// From 0 to 1.
  package let metric: Double
  package let times: Times

  /// Images each second, of the whole work.
  package var imagesPerSecond: Double {
    times.total > 0 ? Double(records.count) / times.total : 0
  }

  /// Runs a network over a set.
  ///
  /// - Parameters:
  ///   - network: a session in fast mode, or a file in a runtime of others; its outputs are the set's task's.
  ///   - images: the set.
  ///   - batch: images at once.
  ///   - isFixed: whether the graph takes no other number: a last batch with less is filled up.
  ///   - tell: called after each batch with the number of images done.
  /// - Throws: ``OperatorError``, ``InferenceError``; what the set throws.
  package init(
    _ network: any EvaluatedNetwork,
    over images: any EvaluationSet,
    batch: Int = 8,
    isFixed: Bool = false,
    tell: (Int) -> Void = { _ in }
  ) throws {
    var times = Times()
    var records: [ImageRecord] = []
    let clock = ContinuousClock()
    func seconds<Result>(
      _ part: WritableKeyPath<Times, Double>,
      _ body: () throws -> Result
    )
      rethrows -> Result
    {
      let start = clock.now
      defer { times[keyPath: part] += (clock.now - start) / .seconds(1) }
      return try body()
    }
    for start in stride(from: 0, to: images.count, by: batch) {
      let range = start..<min(start + batch, images.count)
      var inputs = try seconds(\.decode) { try images.inputs(range) }
      let missing = isFixed ? batch - range.count : 0
      if missing > 0 { inputs = try inputs.mapValues { try Self.filled($0, missing) } }
      let outputs = try seconds(\.forward) {
        let outputs = try network.outputs(of: inputs)
        guard missing > 0 else { return outputs }
        return try outputs.mapValues { tensor in
          guard tensor.shape.first == batch else { return tensor }
          return try ATen.one("narrow", tensor, 0, 0, range.count)
        }
      }
      records += try seconds(\.postprocess) { try images.records(outputs, range) }
      tell(records.count)
    }
    self.records = records
    self.times = times
    metric = try images.metric(records, sample: nil)
  }

  /// A batch with images of zeros put on.
  private static func filled(_ tensor: Tensor, _ missing: Int) throws -> Tensor {
    var after = [Int](repeating: 0, count: tensor.rank)
    after[0] = missing
    return try tensor.padded(
      before: [Int](repeating: 0, count: tensor.rank),
      after: after,
      value: 0
    )
  }
}
