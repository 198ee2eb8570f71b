import Graphs
package import Operators
package import Tensors

/// What makes outputs of a data set's inputs.
package protocol EvaluatedNetwork {
  /// The outputs, by name.
  ///
  /// - Parameter inputs: a batch of images, by the input's name.
  /// - Returns: every output of the network.
  /// - Throws: what executes says.
  func outputs(of inputs: [String: Tensor]) throws -> [String: Tensor]
}

extension Session: EvaluatedNetwork {
  package func outputs(of inputs: [String: Tensor]) throws -> [String: Tensor] {
    try run(inputs, keeping: false)
  }
}

/// A file in a runtime of others, made ready for the sizes of the first batch.
package final class RuntimeNetwork: EvaluatedNetwork {
  private let model: Model
  private let library: InferenceLibrary
  private let settings: InferenceNetwork.Settings
  private var ready: InferenceNetwork?

  /// A model as its file has it.
  ///
  /// - Parameters:
  ///   - model: read from a file, which is its name.
  ///   - library: the runtime.
  ///   - settings: how it executes.
  package init(
    _ model: Model,
    in library: InferenceLibrary,
    settings: InferenceNetwork.Settings
  ) {
    self.model = model
    self.library = library
    self.settings = settings
  }

  package func outputs(of inputs: [String: Tensor]) throws -> [String: Tensor] {
    let arrays = try inputs.mapValues { try $0.constant() }
    let network =
      try ready
      ?? InferenceNetwork(
        model.name,
        inputs: arrays,
        outputs: model.graph.outputs,
        in: library,
        settings: settings
      )
    if ready != nil { try network.take(arrays) }
    ready = network
    try network.run()
    return try network.outputs().mapValues { try $0.tensor() }
  }
}

@available(*, unavailable) extension RuntimeNetwork: Sendable {}
