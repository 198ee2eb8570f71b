import Operators

extension DETRTask {
  /// How far before an output its own logistic function may lie; layers have others of equal sizes far behind.
  private static let reach = 3

  /// Boxes as they are said, and logits: an output itself, or what a logistic function reads before it.
  ///
  /// Names inside play no part.
  package func taps(in network: NetworkInterior) throws -> [TaskTap] {
    try classes.require(for: Self.name)
    switch outputs.layout {
    case .apart(let boxes, let classes, let queries):
      return taps(logits(before: classes, queries, network)?.value ?? classes, boxes)
    case .joined(let output, let queries):
      guard let found = logits(before: output, queries, network) else {
        throw missing(before: output)
      }
      return taps(found.value, output)
    case .ranked(let output):
      return try ranked(output, network)
    }
  }

  private func taps(_ logits: String, _ boxes: String) -> [TaskTap] {
    [
      TaskTap(Self.logitsName, of: logits, axes: [0, 1, 2]),
      TaskTap(Self.boxesName, of: boxes, axes: [0, 1, 2]),
    ]
  }

  private func logits(
    before output: String,
    _ queries: Int,
    _ network: NetworkInterior
  ) -> NetworkInterior.Reading? {
    let found = network.readings(of: .isLogistic, before: output)
      .filter { $0.sizes == [queries, outputs.count] && $0.distance <= Self.reach }
    // Boxes may be made by one of the same sizes: they come first.
    return found.last { $0.distance == found[0].distance }
  }

  /// All queries of a network that hands on the best: logistic functions make both, scores of classes and boxes.
  private func ranked(_ output: String, _ network: NetworkInterior) throws -> [TaskTap] {
    let found = network.readings(of: .isLogistic, before: output).filter { $0.sizes.count == 2 }
    guard outputs.count != 4,
      let scores = found.first(where: { $0.sizes[1] == outputs.count }),
      let boxes = found.first(where: { $0.sizes == [scores.sizes[0], 4] })
    else { throw missing(before: output) }
    return taps(scores.value, boxes.result)
  }

  private func missing(before output: String) -> DetectionError {
    .outputs(
      task: Self.name,
      "no logistic functions over queries and \(outputs.count) classes, and over boxes, lie before '\(output)'; "
        + "export the network with logits and boxes as outputs"
    )
  }
}
