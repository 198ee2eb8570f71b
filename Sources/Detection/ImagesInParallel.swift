import Dispatch
import Synchronization

/// Work on the images of a batch, spread over the cores; none of it may call ATen.
struct ImagesInParallel: Sendable {
  let count: Int

  /// The results in order.
  func map<Result: Sendable>(_ body: @Sendable (Int) -> Result) -> [Result] {
    guard count > 1 else { return (0..<count).map(body) }
    let results = Mutex([Result?](repeating: nil, count: count))
    DispatchQueue.concurrentPerform(iterations: count) { image in
      let result = body(image)
      results.withLock { $0[image] = result }
    }
    return results.withLock { $0.compactMap(\.self) }
  }
}
