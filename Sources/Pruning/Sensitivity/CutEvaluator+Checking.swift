import Evaluation
import Models
import Operators
import Synchronization
import Tensors

extension CutEvaluator {
  /// Judges a cut both ways: by sharing, and by really cutting the graph, node by node.
  ///
  /// - Returns: the worst max|a − b| / max(1, max|b|) of the outputs of the first two batches, and the records of the
  ///   graph that was cut for all images.
  func outputsAndRecords(
    of cut: ResolvedPruning
  ) throws -> (difference: Double, records: [ImageRecord]) {
    let session = Session(
      try pruning.apply(cut),
      operators: model.operators,
      device: options.device,
      memory: 0
    )
    var worst = 0.0
    var records: [ImageRecord] = []
    for (index, batch) in batches.enumerated() {
      let outputs = try passes.outputs(of: images.inputs(batch)) {
        try session.run($0, keeping: false)
      }
      if index < 2 {
        let shared = try sharedOutputs(of: cut, batch)
        for (name, expected) in outputs {
          guard let found = shared[name] else { continue }
          worst = max(worst, try Self.difference(found, expected))
        }
      }
      records += try images.records(outputs, batch)
    }
    return (worst, records)
  }

  /// What sharing makes of a cut on one batch.
  private func sharedOutputs(
    of cut: ResolvedPruning,
    _ batch: Range<Int>
  ) throws -> [String: Tensor] {
    let seen = OneBatch(images, batch)
    try CutEvaluator(
      model,
      pruning: pruning,
      images: seen,
      store: RecordMemory(),
      options: options
    ).evaluate([cut])
    return seen.outputs
  }

  private static func difference(_ found: Tensor, _ expected: Tensor) throws -> Double {
    guard found.shape == expected.shape else { return .infinity }
    let (a, b) = (try found.doubles(), try expected.doubles())
    let scale = max(1, b.lazy.map(abs).max() ?? 0)
    return zip(a, b).reduce(0) { worst, pair in
      let difference = abs(pair.0 - pair.1) / scale
      return difference.isNaN ? .infinity : max(worst, difference)
    }
  }
}

/// One batch of an evaluation set, which keeps the outputs that it was last asked about.
private final class OneBatch: EvaluationSet {
  private let all: any EvaluationSet
  private let batch: Range<Int>
  private let last = Mutex<[String: Tensor]>([:])

  init(_ all: any EvaluationSet, _ batch: Range<Int>) {
    self.all = all
    self.batch = batch
  }

  var outputs: [String: Tensor] { last.withLock { $0 } }
  package var count: Int { batch.count }
  var contentHash: String { all.contentHash }
  var metricName: String { all.metricName }

  func inputs(_ images: Range<Int>) throws -> [String: Tensor] { try all.inputs(batch) }

  func records(_ outputs: [String: Tensor], _ images: Range<Int>) throws -> [ImageRecord] {
    last.withLock { $0 = outputs }
    return images.map { _ in .agreement(0) }
  }

  func metric(_ records: [ImageRecord], sample: [Int]?) throws -> Double { 0 }
}
