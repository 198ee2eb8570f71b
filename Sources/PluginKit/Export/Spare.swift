import Synchronization

/// One object that is kept between calls, so that most calls need not make one; whoever takes it has it alone.
///
/// `@unchecked`: an object passes through whole, by one atomic exchange.
@safe
package struct Spare<Object: AnyObject>: ~Copyable, @unchecked Sendable {
  /// Owned; without its type, so that no call has to look that up.
  private let kept = unsafe Atomic<UnsafeRawPointer?>(nil)

  /// Keeps nothing yet.
  package init() {}

  deinit { _ = take() }

  /// The object that was kept, if nobody else has it.
  package func take() -> Object? {
    guard let object = unsafe kept.exchange(nil, ordering: .acquiring) else { return nil }
    return unsafe Unmanaged<Object>.fromOpaque(object).takeRetainedValue()
  }

  /// Keeps an object that nobody refers to any more, in place of one that was kept meanwhile.
  package func keep(_ object: consuming Object) {
    let object = unsafe UnsafeRawPointer(Unmanaged.passRetained(object).toOpaque())
    guard let other = unsafe kept.exchange(object, ordering: .acquiringAndReleasing) else { return }
    unsafe Unmanaged<Object>.fromOpaque(other).release()
  }
}
