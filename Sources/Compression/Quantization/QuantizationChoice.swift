import Glibc
import Graphs
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
  /// The float network.
  let model: Model
  private let outputs: Set<String>
  private let heads: Set<String>
  private let device: Device
  /// By image: its inputs, and what the float network makes of it.
  private let images: [(inputs: [String: Tensor], exact: [String: Tensor])]

  var count: Int { images.count }

  /// Images, at most, and the bytes of their outputs.
  private static let most = 8
  private static let memory = 256 << 20
  /// What one slice can count for.
  private static let bounds = (low: -20.0, high: 100.0)

  /// Runs the float network over images taken evenly from all.
  init(
    _ model: Model,
    tail: DecodeTail,
    images: any CalibrationImages,
    device: Device
  ) throws {
    self.model = model
    self.device = device
    outputs = Set(model.graph.outputs.map(\.name)).subtracting(model.graph.inputs.map(\.name))
    heads = Set(tail.heads.flatMap { model.graph.nodes[$0].outputs.prefix(1) })
    let session = Self.session(model.graph, model, outputs.union(heads), device)
    var runs: [(inputs: [String: Tensor], exact: [String: Tensor])] = []
    var wanted = min(Self.most, images.count)
    while runs.count < wanted {
      let inputs = try images.inputs(runs.count * images.count / wanted)
      let exact = try Self.run(session, inputs, outputs.union(heads))
      let bytes = exact.values.reduce(0) { $0 + $1.count * 4 }
      if runs.isEmpty { wanted = max(1, min(wanted, Self.memory / max(1, bytes))) }
      runs.append((inputs, exact))
    }
    self.images = runs
  }

  /// The decibels of a quantized network.
  func decibels(_ quantized: Graph) throws -> Double {
    let session = Self.session(
      model.operators.simulatingQuantization(quantized),
      model,
      outputs.union(heads),
      device
    )
    var (sums, counts) = ([0.0, 0.0], [0, 0])
    for image in images {
      let found = try Self.run(session, image.inputs, outputs.union(heads))
      for (place, names) in [outputs, heads].enumerated() {
        for name in names.sorted() {
          guard let exact = image.exact[name], let other = found[name],
            let value = try Self.decibels(other, exact)
          else { continue }
          sums[place] += value
          counts[place] += 1
        }
      }
    }
    let place = counts[0] > 0 ? 0 : 1
    return counts[place] > 0 ? sums[place] / Double(counts[place]) : Self.bounds.high
  }

  private static func session(
    _ graph: Graph,
    _ model: Model,
    _ names: Set<String>,
    _ device: Device
  ) -> Session {
    Session(
      graph,
      operators: model.operators.withRounding,
      device: device,
      mode: .fast,
      memory: 0,
      resumePoints: names
    )
  }

  private static func run(
    _ session: Session,
    _ inputs: [String: Tensor],
    _ names: Set<String>
  ) throws -> [String: Tensor] {
    var found: [String: Tensor] = [:]
    _ = try session.run(inputs, observing: names) {
      if $1.dtype.isFloatingPoint {
        found[$0] = try $1.contiguous().converted(to: .float64).moved(to: .cpu)
      }
    }
    return found
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
