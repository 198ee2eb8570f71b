package import Tensors

extension Session {
  /// Executes the graph to its outputs and shows values inside as they are made, so that none is kept for it.
  ///
  /// - Parameters:
  ///   - inputs: tensors by name.
  ///   - values: which values are shown; in fast mode they must be among ``resumePoints``.
  ///   - observe: called once a value; a tensor may be laid out with its channels last, and must not be kept.
  /// - Returns: the outputs.
  /// - Throws: ``OperatorError`` naming the node, and what `observe` throws.
  package func run(
    _ inputs: [String: Tensor],
    observing values: Set<String>,
    _ observe: @escaping (String, Tensor) throws -> Void
  ) throws -> [String: Tensor] {
    let slots = Dictionary(uniqueKeysWithValues: try values.map { (try slot(of: $0), $0) })
    observer = { slot, tensor in
      if let name = slots[slot] { try observe(name, tensor) }
    }
    defer { observer = nil }
    return try run(inputs, keeping: false)
  }
}

extension Tensor {
  /// Lends the elements as 32-bit floats in the order in which they lie, whatever that is; no copy where they are dense.
  package func withFloats<Result>(_ body: (Span<Float>) throws -> Result) throws -> Result {
    var tensor = try converted(to: .float32)
    if tensor.isChannelsLast && !tensor.isContiguous {
      tensor = try tensor.permuted([0, 2, 3, 1])
    }
    return try unsafe tensor.withUnsafeBytes { bytes in
      let floats = unsafe bytes.bindMemory(to: Float.self)
      return try body(unsafe floats.span)
    }
  }
}
