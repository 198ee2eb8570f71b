import Glibc
import Synchronization

extension Check {
  static let threads: [Check] = [
    Check(name: "threads.eight") { trial in
      let exercise = try trial.subject.make()
      let alone = try trial.answer(exercise)
      let answers = Mutex<[Result<[UInt64], any Error>]>([])
      let seed = trial.seed
      Threads.run(8) { _ in
        for _ in 0..<3 {
          let answer = Result {
            var draw = Draw(seed)
            return try exercise.run(Inputs(), &draw)
          }
          answers.withLock { $0.append(answer) }
        }
      }
      for answer in answers.withLock({ $0 }) {
        try trial.demandEqual(alone, try answer.get(), "eight threads at once change the answer")
      }
    },
    Check(name: "threads.other", cases: { _ in 1 }) { trial in
      let exercise = try trial.subject.make()
      let alone = try trial.answer(exercise)
      let seed = trial.seed
      for _ in 0..<3 {
        let answer = Mutex<Result<[UInt64], any Error>?>(nil)
        Threads.run(1) { _ in
          let result = Result {
            var draw = Draw(seed)
            return try exercise.run(Inputs(), &draw)
          }
          answer.withLock { $0 = result }
        }
        guard let result = answer.withLock({ $0 }) else { continue }
        try trial.demandEqual(
          alone,
          try result.get(),
          "a call from another thread changes the answer"
        )
      }
    },
  ]
}

/// Threads that do the same and are waited for.
enum Threads {
  private final class Work: Sendable {
    let body: @Sendable (Int) -> Void
    let index: Int
    init(_ index: Int, _ body: @escaping @Sendable (Int) -> Void) {
      self.index = index
      self.body = body
    }
  }

  static func run(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    var threads: [pthread_t] = []
    for index in 0..<count {
      var thread = pthread_t()
      let work = unsafe Unmanaged.passRetained(Work(index, body)).toOpaque()
      let status = unsafe pthread_create(
        &thread,
        nil,
        { pointer in
          guard let pointer = unsafe pointer else { return nil }
          let work = unsafe Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue()
          work.body(work.index)
          return nil
        },
        work
      )
      if status == 0 {
        threads.append(thread)
      } else {
        unsafe Unmanaged<Work>.fromOpaque(work).release()
      }
    }
    for thread in threads { pthread_join(thread, nil) }
  }
}
