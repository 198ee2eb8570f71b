package import Evaluation
import Graphs
package import Models
import Operators
package import PluginKit
internal import Synchronization
import Tensors

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
  ///   - tell: told how many images are done, on the calling thread.
  /// - Returns: what was seen.
  /// - Throws: ``CalibrationError``; what the images or the model refuse.
  package static func run(
    _ model: Model,
    values: Set<String>,
    images: any CalibrationImages,
    device: Device = .cpu,
    tell: @escaping (RunEvent) -> Void = { _ in }
  ) throws -> Calibration {
    guard images.count > 0 else { throw CalibrationError.noImages }
    let graph = model.graph
    let operators = model.operators
    let inside = values.subtracting(graph.inputs.map(\.name))
    let queue = CalibrationQueue(images.count)
    // Each worker has its own network, packed weights and counts.
    let workers = device.kind == .cpu ? min(try Runtime.threadCount(), images.count, 16) : 1
    // Told by the first worker alone, which is the calling thread.
    nonisolated(unsafe) let tell = tell
    try Runtime.concurrently(workers) { worker in
      let session = Session(
        graph,
        operators: operators,
        device: device,
        mode: .fast,
        memory: 0,
        resumePoints: inside
      )
      let seen = Seen()
      while let index = queue.next() {
        do {
          let inputs = try images.inputs(index)
          (seen.batch, seen.images) = (images.batch, images.images(index))
          for (name, tensor) in inputs where values.contains(name) { try seen.add(name, tensor) }
          _ = try session.run(inputs, observing: inside) { try seen.add($0, $1.moved(to: .cpu)) }
        } catch {
          return queue.stop(at: index, error)
        }
        let done = queue.finish()
        if worker == 0, done < images.count {
          unsafe tell(.work(.calibration, done: done, of: images.count))
        }
      }
      queue.merge(seen.statistics)
    }
    if let failure = queue.failure { throw failure }
    unsafe tell(.work(.calibration, done: images.count, of: images.count))
    let statistics = queue.statistics
    // The first in the order of execution: what comes after it has it from there.
    let order = graph.inputs.map(\.name) + graph.nodes.flatMap(\.outputs)
    for value in order {
      guard let faults = statistics[value]?.faults, faults > 0 else { continue }
      throw CalibrationError.notFinite(value: value, count: faults)
    }
    return Calibration(
      statistics: statistics,
      images: (0..<images.count).reduce(0) { $0 + images.images($1) }
    )
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
    /// Images in a run, and those of this one that count.
    var (batch, images) = (1, 1)

    func add(_ name: String, _ tensor: Tensor) throws {
      // Each image by itself, as a network of one image at once would show it.
      let isShared = batch > 1 && tensor.shape.first == batch
      for image in 0..<(isShared ? images : 1) {
        let own = isShared ? try tensor.narrowed(along: 0, from: image, count: 1) : tensor
        try own.withFloats { statistics[name, default: CalibrationStatistics()].add(image: $0) }
      }
    }
  }
}

/// Hands out images one by one to whoever is free, and gathers what was seen.
///
/// Who saw which image makes no difference: counts and extremes merge exactly, and so do sums of peaks as long as a double
/// holds them: of 512 images as long as a tensor's peaks differ by less than 2²⁰ between them.
private final class CalibrationQueue: Sendable {
  private struct State {
    var next = 0
    var done = 0
    var statistics: [String: CalibrationStatistics] = [:]
    var failure: (index: Int, error: any Error)?
  }

  private let count: Int
  private let state = Mutex(State())

  init(_ count: Int) { self.count = count }

  var statistics: [String: CalibrationStatistics] { state.withLock { $0.statistics } }

  /// Of the images that failed the first one's error: the same whoever came to it when.
  var failure: (any Error)? { state.withLock { $0.failure?.error } }

  func next() -> Int? {
    state.withLock { state in
      guard state.next < count else { return nil }
      state.next += 1
      return state.next - 1
    }
  }

  /// Counts an image as done; returns how many are.
  func finish() -> Int {
    state.withLock { state in
      state.done += 1
      return state.done
    }
  }

  /// Hands out no more.
  func stop(at index: Int, _ error: any Error) {
    state.withLock { state in
      state.next = count
      if index < state.failure?.index ?? count { state.failure = (index, error) }
    }
  }

  func merge(_ found: [String: CalibrationStatistics]) {
    state.withLock { state in
      for (value, seen) in found {
        state.statistics[value, default: CalibrationStatistics()].merge(seen)
      }
    }
  }
}
