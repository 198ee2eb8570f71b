package import Evaluation
package import Models

/// What times layers and whole networks for a target.
package struct NetworkTiming {
  /// The processor, the runtime, its version and its threads: what times hold for.
  package let surroundings: String
  /// Milliseconds of single layers, in turns with each other.
  let layers: ([Model]) throws -> [Double]
  /// Milliseconds of whole networks, in turns with each other.
  let whole: ([Model]) throws -> [Double]

  /// Times that come from anywhere.
  package init(
    surroundings: String,
    layers: @escaping ([Model]) throws -> [Double],
    whole: @escaping ([Model]) throws -> [Double]
  ) {
    self.surroundings = surroundings
    self.layers = layers
    self.whole = whole
  }

  /// Times on this machine: of layers the first quarter of all calls, since others that use it make some longer and none shorter; of networks,
  /// which take turns, the medians.
  package init(_ latency: MeasuredLatency) {
    var (layers, whole) = (latency, latency)
    (layers.turns.calls, layers.turns.turns, layers.turns.warmUp) = (24, 6, 1)
    (whole.turns.calls, whole.turns.turns, whole.turns.warmUp) = (90, 30, 5)
    self.init(
      surroundings: "\(Processor.name), \(latency.surroundings)",
      layers: { [layers] in
        try layers.latencies(of: $0, within: 1.5).map { 1000 * $0.percentile(25) }
      },
      whole: { [whole] in try whole.latencies(of: $0, within: 12).map { 1000 * $0.median } }
    )
  }

  /// Times in the runtime of a target, whose library is looked for as `espalier bench` does.
  ///
  /// - Throws: `InferenceError` for a runtime that is not installed.
  package init(at place: PruneTarget.Place) throws {
    var settings = InferenceNetwork.Settings()
    settings.threads = place.threads ?? Processor.cores
    self.init(try MeasuredLatency(on: place.runtime, settings: settings))
  }
}

@available(*, unavailable) extension NetworkTiming: Sendable {}
