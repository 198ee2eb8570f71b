import Files
import Graphs
package import Models
import Operators
import Tensors

/// The latency of models on this machine, in one runtime: networks that are in memory as well as those of files.
package struct MeasuredLatency {
  package var turns = LatencyTurns()
  package let settings: InferenceNetwork.Settings

  /// The library of another runtime; nil for our session.
  private let library: InferenceLibrary?

  /// Opens the runtime's library, where it has one.
  ///
  /// - Parameters:
  ///   - runtime: what executes.
  ///   - named: the library's file; nil looks for it as `espalier bench` does.
  ///   - settings: threads and precision.
  /// - Throws: ``InferenceError`` for a runtime that is not installed.
  package init(
    on runtime: LatencyRuntime,
    named: String? = nil,
    settings: InferenceNetwork.Settings = .init()
  ) throws(InferenceError) {
    self.settings = settings
    switch runtime {
    case .session: library = nil
    case .other(let kind):
      library = try InferenceLibrary(kind, in: InferenceLocations(kind, named: named))
    }
  }

  /// The runtime, its version and its threads, in words.
  package var surroundings: String {
    let threads = "\(settings.threads) \(settings.threads == 1 ? "thread" : "threads")"
    guard let library else { return "\(LatencyRuntime.session.name), \(threads)" }
    let isFree = library.kind == .openVINO && !settings.pinsFloat32
    return "\(library.kind.rawValue) \(library.version), \(threads)"
      + (isFree ? ", own precision" : "")
  }

  /// The median of a model's calls, at the sizes that it is analysed at.
  ///
  /// - Parameter model: needs no file; one is written for the time of reading where the runtime wants it.
  /// - Returns: milliseconds.
  /// - Throws: ``InferenceError`` for what the runtime refuses, `RunFailure` for sizes that are open, ``ModelFailure``, `FileError`,
  ///   `TensorError`, `OperatorError`.
  package func milliseconds(of model: Model) throws -> Double {
    1000 * (try latency(of: model).median)
  }

  /// The times of a model's calls, at the sizes that it is analysed at.
  ///
  /// - Throws: as ``milliseconds(of:)``.
  package func latency(of model: Model) throws -> Latency { try latencies(of: [model])[0] }

  /// The times of several models' calls, the models in turns.
  ///
  /// - Parameters:
  ///   - models: as of ``milliseconds(of:)``.
  ///   - seconds: about how long all calls together may take: their number is between a fifth of ``turns`` and all of it; nil makes all.
  /// - Returns: one entry a model.
  /// - Throws: as ``milliseconds(of:)``.
  package func latencies(of models: [Model], within seconds: Double? = nil) throws -> [Latency] {
    guard let library else {
      let before = try Runtime.threadCount()
      try Runtime.setThreadCount(settings.threads)
      let found = Result {
        try measure(try models.map { try SessionNetwork($0, inputs: try inputs(of: $0)) }, seconds)
      }
      try Runtime.setThreadCount(before)
      return try found.get()
    }
    return try measure(try models.map { try network($0, try inputs(of: $0), library) }, seconds)
  }

  private func inputs(of model: Model) throws -> [String: Constant] {
    let needed = ModelInputs(model)
    return try needed.checked(try needed.drawing(seed: 0, beside: [:]))
  }

  private func measure(
    _ networks: [any ReadyNetwork],
    _ seconds: Double?
  ) throws -> [Latency] {
    guard let seconds else { return try turns.measure(networks) }
    let start = LatencyTurns.seconds()
    for _ in 0..<2 { for network in networks { try network.run() } }
    let pass = (LatencyTurns.seconds() - start) / 2
    var fewer = turns
    let fitting = seconds / max(pass, 1e-9)
    fewer.calls = Int(min(max(fitting, Double(turns.calls) / 5), Double(turns.calls)))
    fewer.turns = min(fewer.turns, fewer.calls)
    return try fewer.measure(networks)
  }

  /// The model in the runtime, which has read its file when this returns.
  private func network(
    _ model: Model,
    _ inputs: [String: Constant],
    _ library: InferenceLibrary
  ) throws -> InferenceNetwork {
    let folder = try TemporaryFolder()
    let file = "\(folder.path)/model.onnx"
    try model.write(to: file)
    do {
      return try InferenceNetwork(
        file,
        of: model,
        inputs: inputs,
        in: library,
        settings: settings
      )
    } catch {
      // Not by the name of the file that is gone.
      guard case .refused(let kind, _, let reason) = error else { throw error }
      throw InferenceError.refused(kind, model: model.name, reason: reason)
    }
  }
}

@available(*, unavailable) extension MeasuredLatency: Sendable {}
