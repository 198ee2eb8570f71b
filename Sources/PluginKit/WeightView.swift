/// A dense, read-only view of a weight's values as 32-bit floats.
///
/// It borrows: in a strategy it is valid until the call from the host returns.
@safe
public struct WeightView {
  @unsafe
  private enum Storage {
    case array([Float])
    case memory(UnsafeBufferPointer<Float>, owner: AnyObject?)
  }

  /// The dimensions, row-major.
  public let shape: [Int]
  private let storage: Storage

  /// A view of an array.
  public init(_ values: [Float], shape: [Int]) {
    self.shape = shape
    unsafe storage = unsafe .array(values)
  }

  /// A view of memory that the owner keeps alive.
  ///
  /// - Safety: `memory` holds the product of `shape` floats for as long as `owner` (or, without one,
  ///   the call into the strategy) lives.
  @unsafe
  public init(_ memory: UnsafeBufferPointer<Float>, owner: AnyObject?, shape: [Int]) {
    self.shape = shape
    unsafe storage = unsafe .memory(memory, owner: owner)
  }

  /// The number of values.
  public var count: Int {
    switch unsafe storage {
    case .array(let values): values.count
    case .memory(let memory, _): memory.count
    }
  }

  /// Lends the values in row-major order.
  public func withValues<Result, Failure: Error>(
    _ body: (Span<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    switch unsafe storage {
    case .array(let values): return try body(values.span)
    case .memory(let memory, let owner):
      let result = try body(unsafe memory.span)
      extendLifetime(owner)
      return result
    }
  }

  /// Lends the values of each slice along an axis in turn: one filter of a convolution for axis 0.
  ///
  /// - Complexity: O(count); nothing is copied for axis 0.
  public func forEachSlice<Failure: Error>(
    along axis: Int = 0,
    _ body: (_ index: Int, _ values: Span<Float>) throws(Failure) -> Void
  ) throws(Failure) {
    guard shape.indices.contains(axis), shape[axis] > 0 else { return }
    let inner = shape[(axis + 1)...].reduce(1, *)
    let outer = shape[..<axis].reduce(1, *)
    let extent = shape[axis]
    try withValues { (values: Span<Float>) throws(Failure) in
      if outer == 1 {
        for index in 0..<extent {
          try body(index, values.extracting(index * inner..<(index + 1) * inner))
        }
        return
      }
      var slice = [Float](repeating: 0, count: outer * inner)
      for index in 0..<extent {
        var position = 0
        for block in 0..<outer {
          let start = (block * extent + index) * inner
          for offset in start..<start + inner {
            slice[position] = values[offset]
            position += 1
          }
        }
        try body(index, slice.span)
      }
    }
  }
}

@available(*, unavailable)
extension WeightView: Sendable {}

extension WeightView {
  /// The address of the values, valid as long as the arena: the owner is kept, an array is copied.
  @unsafe
  package func keepAlive(in arena: CArena) -> UnsafePointer<Float>? {
    switch unsafe storage {
    case .array(let values): return unsafe UnsafePointer(arena.store(values))
    case .memory(let memory, let owner):
      if arena.isSourced { return unsafe UnsafePointer(arena.store(memory.map { $0 })) }
      if let owner { arena.keep(owner) }
      return memory.baseAddress
    }
  }
}
