package import Evaluation
package import Graphs
package import Operators
package import Tensors

/// The metric of graphs that differ in their constants only, over a fixed list of images.
///
/// One session executes them all; it belongs to one thread.
package final class ValidationSession {
  package let images: any EvaluationSet
  private let operators: OperatorSet
  private let device: Device
  private let fixed: FixedBatch?
  private var session: Session?

  /// An evaluator of graphs with the nodes of one model.
  ///
  /// - Parameters:
  ///   - images: what they are judged on.
  ///   - operators: what executes them.
  ///   - device: where.
  ///   - fixed: the number of images that the nodes insist on; nil where they take any.
  package init(
    _ images: any EvaluationSet,
    operators: OperatorSet = .standard,
    device: Device = .cpu,
    fixed: FixedBatch? = nil
  ) {
    self.images = images
    self.operators = operators
    self.device = device
    self.fixed = fixed
  }

  /// The metric of a graph in its internal form.
  package func metric(of graph: Graph) throws -> Double {
    let session: Session
    if let known = self.session {
      try known.set(constantsOf: graph)
      session = known
    } else {
      session = Session(graph, operators: operators, device: device, mode: .fast, memory: 0)
      self.session = session
    }
    return try EvaluationResult.run(session, over: images, fixed: fixed).metric
  }
}

@available(*, unavailable) extension ValidationSession: Sendable {}
