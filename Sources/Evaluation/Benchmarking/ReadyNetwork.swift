package import Graphs
package import Models
import Operators
import Tensors

/// A network with its inputs, ready to be executed again and again.
package protocol ReadyNetwork {
  /// Executes it once, to the end.
  ///
  /// - Throws: what the runtime says.
  func run() throws

  /// The outputs of the last execution, by name.
  ///
  /// - Throws: what the runtime says.
  func outputs() throws -> [String: Constant]
}

/// A model in our own session, as `espalier run` executes it.
package final class SessionNetwork: ReadyNetwork {
  private let session: Session
  private let inputs: [String: Tensor]
  private let names: [String]
  private var made: [String: Tensor] = [:]

  /// Prepares a model on the CPU.
  ///
  /// - Throws: `TensorError` where the runtime is not there.
  package init(_ model: Model, inputs: [String: Constant]) throws {
    self.inputs = try inputs.mapValues { try $0.tensor(on: .cpu) }
    names = model.graph.outputs.map(\.name)
    session = Session(model.graph, operators: model.operators, mode: .fast, memory: 0)
  }

  /// Executes the model once.
  ///
  /// - Throws: `OperatorError`, `TensorError`.
  package func run() throws { made = try session.run(inputs, keeping: false) }

  /// The outputs of the last execution.
  ///
  /// - Throws: `TensorError`.
  package func outputs() throws -> [String: Constant] {
    var arrays: [String: Constant] = [:]
    for name in names { arrays[name] = try made[name]?.constant() }
    return arrays
  }
}

@available(*, unavailable) extension SessionNetwork: Sendable {}
