extension Check {
  /// What is demanded of plain C functions beside the rest.
  ///
  /// They are made in a process in which no memory that was writable can be executed: a call needs no code of its own.
  static let function: [Check] = [
    Check(name: "function.calls", cases: { _ in 1 }) { trial in
      _ = try trial.answer(trial.subject.make())
    }
  ]
}
