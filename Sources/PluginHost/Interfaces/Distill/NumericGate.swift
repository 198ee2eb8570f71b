import PluginKit
import Synchronization
import Tensors

/// Checks what a loss of a plugin hands over where it lies: every place is NaN before the plugin writes it.
///
/// In main memory it is looked at at once; on a device one number a tensor waits there for `settle`, so that a step waits for the
/// device once.
final class NumericGate: Sendable {
  private let plugin: String
  private let state = Mutex(State())

  private struct State: Sendable {
    /// What a backward pass threw, which comes back from torch as a text.
    var failure: PluginError?
    /// The greatest magnitudes of tensors on a device, not read yet.
    var waiting: [(magnitude: Tensor, function: String, layer: String)] = []
  }

  init(plugin: String) { self.plugin = plugin }

  /// A tensor of the same shape and order whose every element is NaN.
  static func unwritten(like tensor: Tensor) throws(TensorError) -> Tensor {
    try ATen.one("full_like", tensor, Double.nan)
  }

  /// Throws where a loss is not finite.
  func check(_ loss: Double, of function: String, layer: String? = nil) throws(PluginError) {
    guard !loss.isFinite else { return }
    throw error(
      loss.isNaN ? "the loss is NaN, or was not written" : "the loss is \(loss)",
      function,
      layer
    )
  }

  /// Throws where the loss in main memory is not finite; one on a device is the trainer's to read.
  func check(loss: Tensor, of function: String) throws {
    guard loss.device.kind == .cpu, let value = try loss.doubles().first else { return }
    try check(value, of: function)
  }

  /// Throws where an element of a gradient is not finite.
  func check(_ gradients: [Tensor], of function: String, layer: String? = nil) throws {
    for (index, gradient) in gradients.enumerated() where gradient.count > 0 {
      let layer = layer ?? "pair \(index)"
      // The greatest magnitude: NaN and infinity pass through, and one pass over the memory is all it takes.
      let magnitude: Tensor = try ATen.one("linalg_vector_norm", gradient, Double.infinity)
      guard gradient.device.kind == .cpu else {
        state.withLock { $0.waiting.append((magnitude, function, layer)) }
        continue
      }
      guard try magnitude.doubles()[0].isFinite else {
        throw try named(gradient, function, layer)
      }
    }
  }

  /// Runs a backward pass, and keeps what it throws.
  func keeping<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try body() } catch {
      if let failure = error as? PluginError {
        state.withLock { if $0.failure == nil { $0.failure = failure } }
      }
      throw error
    }
  }

  /// What a backward pass threw since the last question.
  func takeFailure() -> PluginError? {
    state.withLock { state in
      defer { state.failure = nil }
      return state.failure
    }
  }

  /// Throws where something that waited on a device is not finite.
  func settle() throws {
    if let failure = takeFailure() { throw failure }
    let waiting = state.withLock { state in
      defer { state.waiting = [] }
      return state.waiting
    }
    guard !waiting.isEmpty else { return }
    let magnitudes = try Tensor.stacked(waiting.map(\.magnitude)).doubles()
    guard let first = magnitudes.firstIndex(where: { !$0.isFinite }) else { return }
    throw error(
      "the gradient is not finite, or was not written",
      waiting[first].function,
      waiting[first].layer
    )
  }

  private func named(
    _ gradient: Tensor,
    _ function: String,
    _ layer: String
  ) throws(TensorError) -> PluginError {
    let values = try gradient.contiguous().doubles()
    guard let place = values.firstIndex(where: { !$0.isFinite }) else {
      return error("the gradient is not finite", function, layer)
    }
    let value = values[place]
    return error(
      value.isNaN
        ? "element \(place) of the gradient is NaN, or was not written"
        : "element \(place) of the gradient is \(value)",
      function,
      layer
    )
  }

  private func error(_ text: String, _ function: String, _ layer: String?) -> PluginError {
    PluginError(
      .numeric,
      text,
      cause: PluginFault(.notANumber),
      origin: PluginError.Origin(plugin: plugin, function: function, layer: layer)
    )
  }
}
