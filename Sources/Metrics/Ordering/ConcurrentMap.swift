import Dispatch

/// Computes `count` values on all cores, in order.
func concurrentMap<Value: Sendable>(
  _ count: Int,
  _ body: @Sendable (Int) -> Value
) -> [Value] {
  guard count > 1 else { return count == 1 ? [body(0)] : [] }
  return unsafe [Value](unsafeUninitializedCapacity: count) { buffer, initialized in
    // Each iteration writes its own element only.
    nonisolated(unsafe) let start = buffer.baseAddress
    DispatchQueue.concurrentPerform(iterations: count) { index in
      unsafe start?.advanced(by: index).initialize(to: body(index))
    }
    initialized = count
  }
}
