package import Graphs
package import Operators
package import Tensors

/// The metric of graphs that differ in their constants only, over a fixed list of images.
///
/// One session executes them all; it belongs to one thread.
package final class ModelEvaluator {
  package let images: any EvaluationSet
  private let operators: OperatorSet
  private let device: Device
  private let batch: Int
  private var session: Session?

  package init(
    _ images: any EvaluationSet,
    operators: OperatorSet = .standard,
    device: Device = .cpu,
    batch: Int = 8
  ) {
    self.images = images
    self.operators = operators
    self.device = device
    self.batch = batch
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
    return try ModelEvaluation(session, over: images, batch: batch).metric
  }
}

@available(*, unavailable) extension ModelEvaluator: Sendable {}
