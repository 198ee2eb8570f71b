package import Graphs
package import Models
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

/// A file in a runtime of others, made ready for one number and size of images.
package final class RuntimeNetwork: EvaluatedNetwork {
  private let network: InferenceNetwork

  /// Lets a runtime read and prepare a file.
  ///
  /// - Parameters:
  ///   - model: read from the file, which is its name.
  ///   - shape: that of its input of images.
  ///   - companions: what it wants beside images, for as many.
  ///   - library: the runtime.
  ///   - settings: how it executes.
  /// - Throws: ``InferenceError``; ``EvaluationError`` for a model without an input of images.
  package init(
    _ model: Model,
    shape: [Int],
    companions: [String: Constant] = [:],
    in library: InferenceLibrary,
    settings: InferenceNetwork.Settings
  ) throws {
    let zeros = Constant([Float](repeating: 0, count: shape.reduce(1, *)), shape: shape)
    network = try InferenceNetwork(
      model.name,
      of: model,
      inputs: [model.imageInput: zeros].merging(companions) { images, _ in images },
      in: library,
      settings: settings
    )
  }

  package func outputs(of inputs: [String: Tensor]) throws -> [String: Tensor] {
    try network.take(inputs.mapValues { try $0.constant() })
    try network.run()
    return try network.outputs().mapValues { try $0.tensor() }
  }
}

@available(*, unavailable) extension RuntimeNetwork: Sendable {}
