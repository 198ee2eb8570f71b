import Evaluation
import Glibc
import Graphs
import Models
import Operators
package import PluginKit
import Tensors

/// How the choices of a strategy's parameter compare, of which one is kept.
package struct QuantizationChoice: Sendable, Hashable {
  /// One choice.
  package struct Trial: Sendable, Hashable {
    package let value: String
    /// How near its outputs lie to the float network's: see ``OutputCloseness``.
    package let decibels: Double
  }

  /// The parameter's name.
  package let parameter: String
  /// In the order of the parameter's choices.
  package let trials: [Trial]
  /// Images that outputs were compared on.
  package let images: Int

  /// The place of the greatest number, to a hundredth; of equals the first.
  package var best: Int {
    let rounded = trials.map { ($0.decibels * 100).rounded() }
    return rounded.indices.max {
      rounded[$0] < rounded[$1] || rounded[$0] == rounded[$1] && $0 > $1
    }
      ?? 0
  }

  /// The choice that is kept.
  package var chosen: String { trials.isEmpty ? "" : trials[best].value }
}

/// Quantizers that differ in one parameter.
package struct QuantizationCandidates {
  package let parameter: String
  package let choices: [(value: String, quantizer: any Quantizer)]

  package init(parameter: String, choices: [(value: String, quantizer: any Quantizer)]) {
    self.parameter = parameter
    self.choices = choices
  }
}

@available(*, unavailable) extension QuantizationCandidates: Sendable {}

/// How near the outputs of quantized networks lie to a float network's, whatever is in them.
///
/// Signal by noise is taken of each slice along each axis but the first, and averaged in decibels: boxes in pixels do not hide scores
/// below one, nor many channels a few. Where no output can be compared, as behind a choice of boxes, the layers' results are that leave the
/// last layers.
struct OutputCloseness {
  private let float: FloatValues
  private let outputs: Set<String>
  private let heads: Set<String>
  /// The images that are compared on.
  private let places: [Int]

  /// The float network.
  var model: Model { float.model }
  package var count: Int { places.count }

  /// Images, at most, and the bytes of their outputs.
  private static let most = 8
  private static let memory = 256 << 20
  /// What one slice can count for.
  private static let bounds = (low: -20.0, high: 100.0)

  /// Runs the float network over the first image; over others, taken evenly from all, when they are compared.
  init(
    _ model: Model,
    tail: DecodeTail,
    images: any CalibrationImages,
    device: Device
  ) throws {
    outputs = Set(model.graph.outputs.map(\.name)).subtracting(model.graph.inputs.map(\.name))
    heads = Set(tail.heads.flatMap { model.graph.nodes[$0].outputs.prefix(1) })
    float = FloatValues(model, values: outputs.union(heads), images: images, device: device)
    var wanted = min(Self.most, images.count)
    if wanted > 0 {
      let bytes = try float.image(0).values.values.reduce(0) { $0 + $1.count * 4 }
      wanted = max(1, min(wanted, Self.memory / max(1, bytes)))
    }
    places = (0..<wanted).map { $0 * images.count / wanted }
  }

  /// The decibels of a quantized network.
  func decibels(_ quantized: Graph) throws -> Double {
    let session = Session(
      comparing: float.names,
      of: model.operators.simulatingQuantization(quantized),
      model,
      device: float.device
    )
    var (sums, counts) = ([0.0, 0.0], [0, 0])
    for place in places {
      let image = try float.image(place)
      var found: [String: Tensor] = [:]
      _ = try session.run(image.inputs, observing: float.names) {
        if $1.dtype.isFloatingPoint { found[$0] = try Self.comparable($1) }
      }
      for (place, names) in [outputs, heads].enumerated() {
        for name in names.sorted() {
          guard let exact = image.values[name], let other = found[name],
            let value = try Self.decibels(other, Self.comparable(exact))
          else { continue }
          sums[place] += value
          counts[place] += 1
        }
      }
    }
    let place = counts[0] > 0 ? 0 : 1
    return counts[place] > 0 ? sums[place] / Double(counts[place]) : Self.bounds.high
  }

  private static func comparable(_ tensor: Tensor) throws -> Tensor {
    try tensor.contiguous().converted(to: .float64).moved(to: .cpu)
  }

  /// Of one output; nil where there is nothing to compare.
  private static func decibels(_ found: Tensor, _ exact: Tensor) throws -> Double? {
    guard found.shape == exact.shape, exact.count > 0 else { return nil }
    let error = try found - exact
    let noise = try error * error
    let signal = try exact * exact
    var axes = exact.shape.indices.dropFirst().filter { exact.shape[$0] > 1 }
    if axes.isEmpty { axes = [0] }
    var (sum, count) = (0.0, 0)
    for axis in axes {
      let others = exact.shape.indices.filter { $0 != axis }
      let parts = try [signal, noise].map { tensor in
        others.isEmpty
          ? try tensor.doubles()
          : try tensor.sum(along: Array(others)).doubles()
      }
      let values = zip(parts[0], parts[1]).filter { $0.0 > 0 }.map { signal, noise in
        noise.isFinite
          ? min(
            max(10 * log10(signal / max(noise, .leastNormalMagnitude)), bounds.low),
            bounds.high
          )
          : bounds.low
      }
      guard !values.isEmpty else { continue }
      sum += values.reduce(0, +) / Double(values.count)
      count += 1
    }
    return count > 0 ? sum / Double(count) : nil
  }
}
