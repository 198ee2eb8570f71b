package import Graphs
package import Operators
package import Tensors

/// A graph executed for several images side by side, as far as one node, then on to a later one.
///
/// Of each image it holds what nodes behind that place read of what was made before it, and nothing else. It is no cache: what it holds
/// is the state of an execution that halts, read once, and dropped as it goes on. To keep a layer's results of all images for the next
/// attempt would take the bytes of all layers in place of the widest cut's.
package final class StagedExecution {
  private let session: Session
  private let order: [String: Int]
  private let lastReaders: [String: Int]
  /// By image: the values that lie across the place reached.
  private var held: [[String: Tensor]]

  /// Starts before the first node.
  ///
  /// - Parameters:
  ///   - graph: in its internal form.
  ///   - operators: the operators known.
  ///   - stops: nodes in front of which it will halt, in any order.
  ///   - values: values that will be asked for while it halts.
  ///   - inputs: the graph's inputs, by image.
  ///   - device: where it runs.
  /// - Throws: `TensorError` where inputs cannot be brought there.
  package init(
    _ graph: Graph,
    operators: OperatorSet,
    stops: [Int],
    values: Set<String> = [],
    inputs: [[String: Tensor]],
    device: Device = .cpu
  ) throws {
    let (order, readers) = Self.order(of: graph)
    (self.order, lastReaders) = (order, readers)
    held = try inputs.map { try $0.mapValues { try $0.moved(to: device) } }
    let crossing = stops.map { Self.crossing($0, order, readers) }
    session = Session(
      graph,
      operators: operators,
      device: device,
      mode: .fast,
      memory: 0,
      resumePoints: crossing.reduce(into: values) { $0.formUnion($1) }
        .subtracting(graph.inputs.map(\.name))
    )
  }

  /// The number of images.
  package var count: Int { held.count }

  /// Goes on to in front of a node, one of the stops, not before the last.
  package func advance(to stop: Int) throws {
    let names = Self.crossing(stop, order, lastReaders)
    for image in held.indices {
      let wanted = names.filter { held[image][$0] == nil }
      var next = held[image].filter { names.contains($0.key) }
      if !wanted.isEmpty {
        let made = try session.resume(from: held[image], wanting: wanted.sorted())
        next.merge(made) { first, _ in first }
      }
      held[image] = next
    }
  }

  /// A value of one image, computed from where it halts.
  package func value(_ name: String, image: Int) throws -> Tensor {
    if let tensor = held[image][name] { return tensor }
    guard let tensor = try session.resume(from: held[image], wanting: [name])[name] else {
      throw OperatorError.mismatch("the graph does not make '\(name)'")
    }
    return tensor
  }

  /// Gives a constant another value from here on.
  package func set(_ name: String, to value: Constant) throws {
    try session.set(constant: name, to: value)
  }

  /// For every value the node that makes it, -1 for an input; and the last node that reads it.
  private static func order(of graph: Graph) -> (made: [String: Int], read: [String: Int]) {
    var made = graph.producers()
    for info in graph.inputs { made[info.name] = -1 }
    return (made, graph.consumers().mapValues { $0.last ?? -1 })
  }

  /// Values made before a place that are read from there on.
  private static func crossing(
    _ stop: Int,
    _ order: [String: Int],
    _ lastReaders: [String: Int]
  ) -> Set<String> {
    Set(order.compactMap { $1 < stop && lastReaders[$0] ?? -1 >= stop ? $0 : nil })
  }

  /// Bytes that values of one image take at the widest of some places.
  package static func bytes(of model: Model, stops: [Int]) -> Int {
    let (order, readers) = order(of: model.graph)
    return stops.map { stop in
      crossing(stop, order, readers).reduce(0) { $0 + (model.facts[$1].shape?.reduce(4, *) ?? 0) }
    }.max() ?? 0
  }
}

@available(*, unavailable) extension StagedExecution: Sendable {}
