import Operators
package import Tensors

/// Runs of a network over a batch: one, or as many as the number of images asks for that the network takes at once.
///
/// The last run is filled up by repeating the last image; what is made of the repeated ones is dropped.
package struct BatchPasses: Sendable, Hashable {
  /// Images of one run; nil where the network takes any number.
  package let count: Int?

  package init(_ count: Int?) { self.count = count }

  package init(_ fixed: FixedBatch?) { count = fixed?.count }

  /// The outputs of a batch.
  ///
  /// - Parameters:
  ///   - inputs: with as many images along each first axis.
  ///   - run: runs the network once.
  /// - Returns: the outputs of all runs, one after the other along the first axis.
  /// - Throws: what `run` throws; `TensorError`.
  package func outputs(
    of inputs: [String: Tensor],
    by run: ([String: Tensor]) throws -> [String: Tensor]
  ) throws -> [String: Tensor] {
    guard let count, let images = inputs.first?.value.shape.first, images != count, images > 0
    else { return try run(inputs) }
    var parts: [String: [Tensor]] = [:]
    for start in stride(from: 0, to: images, by: count) {
      let end = min(start + count, images)
      let given = try filled(
        inputs.mapValues { try $0.narrowed(along: 0, from: start, count: end - start) }
      )
      for (name, made) in try run(given) {
        parts[name, default: []].append(try trimmed(made, to: end - start))
      }
    }
    return try parts.mapValues { parts in
      guard parts.count > 1 else { return parts[0] }
      return try Tensor.concatenated(
        parts.map { $0.rank == 0 ? try $0.reshaped([1]) : $0 },
        along: 0
      )
    }
  }

  /// Inputs with the last image repeated until they are as many as the network takes.
  package func filled(_ inputs: [String: Tensor]) throws -> [String: Tensor] {
    guard let count else { return inputs }
    return try inputs.mapValues { tensor in
      guard let images = tensor.shape.first, images > 0, images < count else { return tensor }
      let last = try tensor.narrowed(along: 0, from: images - 1, count: 1)
      return try Tensor.concatenated([tensor] + (images..<count).map { _ in last }, along: 0)
    }
  }

  /// What belongs to the first images of one run's output; all of it where it is not one part an image.
  package func trimmed(_ output: Tensor, to images: Int) throws -> Tensor {
    guard let count, images < count, let rows = output.shape.first, rows.isMultiple(of: count)
    else { return output }
    return try output.narrowed(along: 0, from: 0, count: rows / count * images)
  }
}
