internal import Dispatch

/// Computes two values at the same time.
func concurrentPair<First: Sendable, Second: Sendable>(
  _ first: @Sendable () -> First,
  _ second: @Sendable () -> Second
) -> (First, Second) {
  // Each iteration writes its own variable only, and both are written before they are read.
  nonisolated(unsafe) var a: First?
  nonisolated(unsafe) var b: Second?
  DispatchQueue.concurrentPerform(iterations: 2) { index in
    if index == 0 { unsafe a = first() } else { unsafe b = second() }
  }
  return unsafe (a ?? first(), b ?? second())
}
