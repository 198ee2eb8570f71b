import Graphs
import Operators
package import PluginKit
package import Tensors

/// What one pass over the images shows of chosen values; memory does not grow with the number of images.
package struct Calibration: Sendable {
  /// By value.
  package private(set) var statistics: [String: CalibrationStatistics]
  /// Images seen.
  package let images: Int

  /// Runs a model over images.
  ///
  /// - Parameters:
  ///   - model: what runs, with batch norms folded where they will be.
  ///   - values: the values to look at, inputs of the graph among them.
  ///   - images: what it runs over.
  ///   - device: where it runs.
  ///   - progress: told how many images are done, of how many.
  /// - Throws: ``CalibrationError``; what the images or the model refuse.
  package init(
    _ model: Model,
    values: Set<String>,
    images: any CalibrationImages,
    device: Device = .cpu,
    progress: (Int, Int) -> Void = { _, _ in }
  ) throws {
    guard images.count > 0 else { throw CalibrationError.noImages }
    let given = Set(model.graph.inputs.map(\.name))
    let inside = values.subtracting(given)
    let session = Session(
      model.graph,
      operators: model.operators,
      device: device,
      mode: .fast,
      memory: 0,
      seams: inside
    )
    let seen = Seen()
    for index in 0..<images.count {
      let inputs = try images.inputs(index)
      for (name, tensor) in inputs where values.contains(name) { try seen.add(name, tensor) }
      _ = try session.run(inputs, observing: inside) { try seen.add($0, $1.moved(to: .cpu)) }
      progress(index + 1, images.count)
    }
    for (value, statistics) in seen.statistics where statistics.faults > 0 {
      throw CalibrationError.notFinite(value: value, count: statistics.faults)
    }
    statistics = seen.statistics
    self.images = images.count
  }

  /// What was seen of values that share a scale.
  package func statistics(of activation: QuantizationPlacement.Activation) -> CalibrationStatistics
  {
    var result = CalibrationStatistics()
    for value in activation.sources {
      if let found = statistics[value] { result.merge(found, sharing: true) }
    }
    return result
  }

  /// Takes over what another pass over the same images showed of other values.
  package mutating func add(_ other: Calibration) {
    statistics.merge(other.statistics) { known, _ in known }
  }

  private final class Seen {
    var statistics: [String: CalibrationStatistics] = [:]

    func add(_ name: String, _ tensor: Tensor) throws {
      try tensor.withFloats { statistics[name, default: CalibrationStatistics()].add(image: $0) }
    }
  }
}
