import Graphs
import Operators

/// How a model did on a set: its records, the metric, and where the time went.
package struct EvaluationResult: Sendable {
  /// Seconds of each part of the work.
  package struct Times: Sendable, Hashable {
    /// Reading, decoding and resizing images.
    package var decode = 0.0
    /// The network.
    package var forward = 0.0
    /// Outputs to records: decoding and suppression.
    package var postprocess = 0.0

    package init() {}

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
  ///   - tell: told after each batch how many images are done.
  /// - Returns: how the network did.
  /// - Throws: ``OperatorError``, ``InferenceError``; what the set throws.
  package static func run(
    _ network: any EvaluatedNetwork,
    over images: any EvaluationSet,
    batch: Int = 8,
    isFixed: Bool = false,
    tell: (RunEvent) -> Void = { _ in }
  ) throws -> EvaluationResult {
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
    let passes = BatchPasses(isFixed ? batch : nil)
    for start in stride(from: 0, to: images.count, by: batch) {
      let range = start..<min(start + batch, images.count)
      let inputs = try seconds(\.decode) { try images.inputs(range) }
      let outputs = try seconds(\.forward) {
        try passes.outputs(of: inputs, by: network.outputs)
      }
      records += try seconds(\.postprocess) { try images.records(outputs, range) }
      tell(.work(.evaluation, done: records.count, of: images.count))
    }
    return EvaluationResult(
      records: records,
      metric: try images.metric(records, sample: nil),
      times: times
    )
  }

  /// Runs a network over a set, with as many images at once as it takes.
  ///
  /// - Parameters:
  ///   - network: a session in fast mode.
  ///   - images: the set.
  ///   - fixed: the number of images that the network insists on; nil where it takes any.
  ///   - batch: images at once in that case.
  /// - Returns: how the network did.
  /// - Throws: ``OperatorError``; what the set throws.
  package static func run(
    _ network: any EvaluatedNetwork,
    over images: any EvaluationSet,
    fixed: FixedBatch?,
    batch: Int = 8
  ) throws -> EvaluationResult {
    try run(
      network,
      over: images,
      batch: fixed?.count ?? batch,
      isFixed: fixed != nil
    )
  }
}
