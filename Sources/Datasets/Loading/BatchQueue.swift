internal import Glibc

/// Threads that make the steps after the one last asked for, a bounded number of them ahead.
///
/// Each step is made whole by one thread, so the number of threads changes no bit of it. A failure is kept for its step.
@safe final class BatchQueue: @unchecked Sendable {
  // Sendable because `mutex` guards all that changes; `changed` is signalled whenever it does.
  typealias Outcome = Result<ImageBatch, DataError>
  private let make: @Sendable (Int) -> Outcome
  private let ahead: Int
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var threads: [pthread_t] = []
  private var done: [Int: Outcome] = [:]
  private var underWay: Set<Int> = []
  /// The steps to have ready; empty until the first is asked for.
  private var window = 0..<0
  private var isStopped = false

  /// Starts the threads; with none, steps are made when asked for.
  init(threads count: Int, ahead: Int, make: @escaping @Sendable (Int) -> Outcome) {
    self.make = make
    self.ahead = max(0, ahead)
    unsafe pthread_mutex_init(mutex, nil)
    unsafe pthread_cond_init(changed, nil)
    for _ in 0..<count {
      var thread = pthread_t()
      let own = unsafe Unmanaged.passRetained(self)
      let status = unsafe pthread_create(
        &thread,
        nil,
        { raw in
          guard let raw = unsafe raw else { return nil }
          unsafe Unmanaged<BatchQueue>.fromOpaque(raw).takeRetainedValue().work()
          return nil
        },
        own.toOpaque()
      )
      // A system out of threads has fewer here; the caller makes what they do not.
      guard status == 0 else {
        unsafe own.release()
        break
      }
      threads.append(thread)
    }
  }

  deinit {
    unsafe pthread_mutex_destroy(mutex)
    unsafe pthread_cond_destroy(changed)
    unsafe mutex.deallocate()
    unsafe changed.deallocate()
  }

  /// Ends the threads after what each has in hand.
  func stop() {
    lock()
    isStopped = true
    window = 0..<0
    let ending = threads
    threads = []
    announce()
    unlock()
    for thread in ending { pthread_join(thread, nil) }
  }

  /// The outcome of a step: ready, awaited, or made here where no thread has begun it.
  func outcome(_ step: Int) -> Outcome {
    lock()
    defer { unlock() }
    move(to: step..<step + 1 + ahead)
    while true {
      if let outcome = done.removeValue(forKey: step) {
        move(to: step + 1..<step + 1 + ahead)
        return outcome
      }
      guard underWay.contains(step) else { break }
      wait()
    }
    underWay.insert(step)
    unlock()
    let outcome = make(step)
    lock()
    underWay.remove(step)
    move(to: step + 1..<step + 1 + ahead)
    return outcome
  }

  /// Forgets what lies outside of the new window and wakes the threads.
  private func move(to steps: Range<Int>) {
    window = isStopped ? 0..<0 : steps
    for step in done.keys where !window.contains(step) { done[step] = nil }
    announce()
  }

  private func work() {
    lock()
    defer { unlock() }
    while !isStopped {
      guard let step = window.first(where: { done[$0] == nil && !underWay.contains($0) }) else {
        wait()
        continue
      }
      underWay.insert(step)
      unlock()
      let outcome = make(step)
      lock()
      underWay.remove(step)
      if window.contains(step) { done[step] = outcome }
      announce()
    }
  }

  private func lock() { unsafe pthread_mutex_lock(mutex) }
  private func unlock() { unsafe pthread_mutex_unlock(mutex) }
  private func wait() { unsafe pthread_cond_wait(changed, mutex) }
  private func announce() { unsafe pthread_cond_broadcast(changed) }
}
