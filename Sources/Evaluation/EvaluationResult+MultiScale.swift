package import Datasets
import Detection
import Graphs
import Metrics
import Tensors

extension EvaluationResult {
  /// Runs a network over a set by WIDER FACE's multi-scale protocol, image by image, so that memory stays that of one.
  ///
  /// - Parameters:
  ///   - evaluation: the set.
  ///   - network: what executes the model for one picture of a size.
  ///   - tell: told after each image how many are done.
  /// - Returns: how the network did.
  /// - Throws: ``OperatorError``, ``InferenceError``; what the set throws.
  package static func run(
    multiScale evaluation: DetectionEvaluation,
    network: (PixelSize) throws -> any EvaluatedNetwork,
    tell: (RunEvent) -> Void = { _ in }
  ) throws -> EvaluationResult {
    let detection = MultiScaleDetection(evaluation.task)
    let images = evaluation.images
    var times = Times()
    var records: [ImageRecord] = []
    let clock = ContinuousClock()
    func seconds<Result>(
      _ part: WritableKeyPath<Times, Double>,
      _ body: () throws -> Result
    ) rethrows -> Result {
      let start = clock.now
      defer { times[keyPath: part] += (clock.now - start) / .seconds(1) }
      return try body()
    }
    for index in 0..<images.count {
      var votes: [Int: [BoxVoting.Vote]] = [:]
      if let picture = try seconds(\.decode, { try images.original(index) }) {
        for run in ScaleRuns(picture.size).all {
          let (seen, input) = try seconds(\.decode) {
            let seen = detection.picture(picture, run)
            let shape = [1, 3, seen.height, seen.width]
            return (
              seen.size, try Tensor(images.preparation.normalization.planes(seen), shape: shape)
            )
          }
          let outputs = try seconds(\.forward) {
            try network(seen).outputs(of: [evaluation.inputName: input])
          }
          try seconds(\.postprocess) {
            let found = try detection.votes(outputs, run, seen: seen, width: picture.width)
            votes.merge(found) { $0 + $1 }
          }
        }
      }
      records.append(seconds(\.postprocess) { record(votes, detection.voting) })
      tell(.work(.evaluation, done: records.count, of: images.count))
    }
    return EvaluationResult(
      records: records,
      metric: try evaluation.metric(records, sample: nil),
      times: times
    )
  }

  private static func record(
    _ votes: [Int: [BoxVoting.Vote]],
    _ voting: BoxVoting
  ) -> ImageRecord {
    .boxes(
      votes.sorted { $0.key < $1.key }.flatMap { category, votes in
        voting.boxes(of: votes).flatMap { vote in
          let edges = vote.edges
          let box = Box(left: edges[0], top: edges[1], right: edges[2], bottom: edges[3])
          return ImageRecord.numbers(category, box, vote.score)
        }
      }
    )
  }
}
