package import Models
package import Operators

extension LatencyTable {
  /// The convolutions of a network that a table says nothing of.
  package struct Missing: Error, Sendable, Hashable {
    /// A layer and what it asks for.
    package struct Layer: Sendable, Hashable {
      package let name: String
      package let work: Result<SquareConvolution, SquareConvolution.Unfit>
    }

    /// In the network's order; there is one at least.
    package let layers: [Layer]

    /// The keys that are asked for, each once.
    package var keys: [String] {
      layers.reduce(into: []) { keys, layer in
        if case .success(let square) = layer.work, !keys.contains(square.latencyKey) {
          keys.append(square.latencyKey)
        }
      }
    }
  }

  /// What a network takes by this table: the sum over its convolutions in microseconds, or those that it says nothing of.
  ///
  /// A convolution asks for the key with the bias and the ReLU that runtimes compute with it. Where the table lacks it, the key without
  /// them counts, since PaddleSlim's tables hold bare convolutions. Other operators cost nothing, as there.
  package func latency(of model: Model) -> Result<Double, Missing> {
    var sum = 0.0
    var missing: [Missing.Layer] = []
    for layer in model.operators.convolutions(in: model.graph, facts: model.facts) {
      if let time = (try? layer.work.get()).flatMap(time) {
        sum += time
      } else {
        missing.append(.init(name: layer.name, work: layer.work))
      }
    }
    return missing.isEmpty ? .success(sum) : .failure(Missing(layers: missing))
  }

  private func time(of convolution: SquareConvolution) -> Double? {
    convolution.barer.lazy.compactMap { self[$0] }.first
  }
}

extension LatencyTable.Missing: CustomStringConvertible {
  /// The layers, their keys, and the cure.
  package var description: String {
    let some = layers.prefix(5).map { "\($0)" }.joined(separator: "; ")
    let more = layers.count > 5 ? "; and \(layers.count - 5) more" : ""
    let cure =
      keys.isEmpty
      ? "" : "; 'espalier bench MODEL --table FILE' measures keys on this machine"
    return "the latency table says nothing of \(some)\(more)\(cure)"
  }
}

extension LatencyTable.Missing.Layer: CustomStringConvertible {
  /// The layer, and its key or why it has none.
  package var description: String {
    switch work {
    case .success(let square): "'\(name)': \(square.latencyKey)"
    case .failure(let reason): "'\(name)': \(reason)"
    }
  }
}
