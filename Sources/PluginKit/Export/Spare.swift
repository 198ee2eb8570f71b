package import Synchronization

/// One object kept for an instance's calls, so that most calls need not make one; the call that borrowed it has it alone.
///
/// `@unchecked`: `isLent` keeps calls apart, and only the one that set it reads or replaces the object.
@safe
package struct Spare<Object: AnyObject>: ~Copyable, @unchecked Sendable {
  @usableFromInline package let isLent = Atomic(false)
  @usableFromInline package let kept: UnsafeMutablePointer<Object>

  /// Keeps an object.
  package init(_ object: Object) {
    unsafe kept = .allocate(capacity: 1)
    unsafe kept.initialize(to: object)
  }

  deinit {
    unsafe kept.deinitialize(count: 1)
    unsafe kept.deallocate()
  }

  /// The object, or nil while another call has it; whoever gets it gives it back.
  ///
  /// - Safety: The object lives until it is given back, not longer.
  @unsafe @inlinable
  package func borrow() -> Unmanaged<Object>? {
    guard !isLent.exchange(true, ordering: .acquiring) else { return nil }
    return unsafe .passUnretained(kept.pointee)
  }

  /// Ends the call that borrowed the object.
  @inlinable
  package func giveBack() { isLent.store(false, ordering: .releasing) }

  /// Ends the call that borrowed the object, in the place of which a new one is kept where somebody still refers to it.
  @inlinable
  package func giveBack(orKeep make: () -> Object) {
    if unsafe !isKnownUniquelyReferenced(&kept.pointee) { unsafe kept.pointee = make() }
    giveBack()
  }
}
