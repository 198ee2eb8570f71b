import CEspalier
import CEspalierRuntime
internal import Synchronization

extension Runtime {
  /// Runs independent pieces of work at once, on the threads that operators use; within a piece each operator uses one thread.
  ///
  /// Where each piece is a network on one image this wastes less than many threads on each operator: no operator waits for
  /// its threads, and what lies between operators is done at once too. Pieces are shared out before they begin, the first to
  /// the calling thread.
  ///
  /// - Parameters:
  ///   - count: how many pieces; with one, with one thread, or within a plugin they run one by one, and operators use all threads.
  ///   - body: a piece, by its number; it sets torch's modes, such as that of gradients, for itself.
  /// - Throws: ``TensorError`` if the runtime does not load, and what `body` threw first; the other pieces run to their ends.
  public static func concurrently(
    _ count: Int,
    _ body: @escaping @Sendable (Int) throws -> Void
  ) throws {
    let work = ConcurrentWork(body)
    if let host = unsafe try Runtime.host() {
      let context = unsafe Unmanaged.passUnretained(work).toOpaque()
      unsafe try check("spread") { error in
        unsafe host.pointee.spread(
          Int64(count),
          { context, index in
            guard let context = unsafe context else { return }
            unsafe Unmanaged<ConcurrentWork>.fromOpaque(context).takeUnretainedValue().run(index)
          },
          context,
          error
        )
      }
      extendLifetime(work)
    } else {
      for index in 0..<count { work.run(Int64(index)) }
    }
    if let failure = work.failure { throw failure }
  }
}

/// What is run at once, and the first error of it.
private final class ConcurrentWork: Sendable {
  private let body: @Sendable (Int) throws -> Void
  private let first = Mutex<(any Error)?>(nil)

  init(_ body: @escaping @Sendable (Int) throws -> Void) { self.body = body }

  var failure: (any Error)? { first.withLock { $0 } }

  func run(_ index: Int64) {
    do { try body(Int(index)) } catch { first.withLock { $0 = $0 ?? error } }
  }
}
