package import Graphs
package import Models
import Operators
import Tensors

/// Latencies of several models in several runtimes, the models of a runtime in turns.
package struct RuntimeBench: Sendable {
  /// What executes.
  package enum Runtime: Sendable, Hashable {
    case session
    case other(InferenceKind, version: String, file: String)

    /// How `--on` and JSON name it.
    package var name: String {
      switch self {
      case .session: LatencyRuntime.session.name
      case .other(let kind, _, _): LatencyRuntime.other(kind).name
      }
    }
  }

  /// One model in one runtime.
  package struct Row: Sendable {
    package let runtime: Runtime
    /// The model's place among those given.
    package let model: Int
    package let latency: Latency
    /// The median as a share of the first model's in this runtime.
    package let ratio: Double
    /// How far outputs lie from those of our plain session; nil where it does not execute the model.
    package let difference: OutputDifference?

    /// A row of what was measured.
    package init(
      runtime: Runtime,
      model: Int,
      latency: Latency,
      ratio: Double,
      difference: OutputDifference?
    ) {
      self.runtime = runtime
      self.model = model
      self.latency = latency
      self.ratio = ratio
      self.difference = difference
    }
  }

  package var turns = LatencyTurns()
  package var settings = InferenceNetwork.Settings()

  private let models: [Model]
  private let inputs: [[String: Constant]]
  private let reference: [[String: Constant]?]

  /// Executes each model once node by node, for outputs to compare with; what our session cannot execute is not compared.
  ///
  /// - Parameters:
  ///   - models: each read from a file, which is its name.
  ///   - seed: of the inputs that are drawn; the same name and sizes give the same numbers in every model.
  ///   - given: arrays by the inputs' names.
  /// - Throws: ``RunFailure`` for inputs that do not fit.
  package init(_ models: [Model], seed: UInt64, given: [String: Constant]) throws(RunFailure) {
    self.models = models
    var (inputs, reference): ([[String: Constant]], [[String: Constant]?]) = ([], [])
    for model in models {
      let needed = ModelInputs(model)
      let arrays = try needed.checked(
        try needed.drawing(seed: seed, beside: given)
      )
      inputs.append(arrays)
      let run = try? ModelRun(model, inputs: arrays, mode: .plain)
      reference.append(run.map { Dictionary(uniqueKeysWithValues: $0.outputs.map { ($0, $1) }) })
    }
    (self.inputs, self.reference) = (inputs, reference)
  }

  /// Times the models in our own session.
  ///
  /// - Throws: `TensorError`, `OperatorError`.
  package func measureSession() throws -> [Row] {
    try Tensors.Runtime.setThreadCount(settings.threads)
    return try measure(.session, try zip(models, inputs).map { try SessionNetwork($0, inputs: $1) })
  }

  /// Times the models in a runtime of others.
  ///
  /// - Throws: ``InferenceError``.
  package func measure(in library: InferenceLibrary) throws -> [Row] {
    let networks = try zip(models, inputs).map { model, arrays in
      try InferenceNetwork(
        model.name,
        of: model,
        inputs: arrays,
        in: library,
        settings: settings
      )
    }
    let runtime = Runtime.other(library.kind, version: library.version, file: library.file)
    return try measure(runtime, networks)
  }

  private func measure(_ runtime: Runtime, _ networks: [any ReadyNetwork]) throws -> [Row] {
    let differences = try zip(networks, reference).map { network, expected -> OutputDifference? in
      try network.run()
      guard let expected else { return nil }
      return OutputDifference(try network.outputs(), of: expected)
    }
    let latencies = try turns.measure(networks)
    return latencies.indices.map { index in
      Row(
        runtime: runtime,
        model: index,
        latency: latencies[index],
        ratio: latencies[index].median / latencies[0].median,
        difference: differences[index]
      )
    }
  }
}
