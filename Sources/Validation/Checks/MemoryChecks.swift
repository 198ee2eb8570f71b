import PluginHost

extension Check {
  static let memory: [Check] = [
    Check(name: "memory.above") { trial in try compare(&trial, .above) },
    Check(name: "memory.below") { trial in try compare(&trial, .below) },
    Check(name: "memory.late") { trial in
      // What one call was lent is gone in the next; whoever reads it then is ended by a signal.
      trial.place.memory.side = .above
      defer { trial.place.memory.side = nil }
      let exercise = try trial.subject.make()
      for _ in 0..<3 { _ = try trial.answer(exercise) }
    },
  ]

  /// The same inputs in buffers that end, or begin, at a page that cannot be touched, with other bytes around them.
  private static func compare(_ trial: inout Trial, _ side: PluginMemory.Side) throws {
    // First between the pages: in the heap a fault may end the process later, and elsewhere.
    trial.place.memory.side = side
    let guarded = Result { try trial.answer(trial.subject.make()) }
    trial.place.memory.side = nil
    let plain = try trial.answer(trial.subject.make())
    try trial.demandEqual(
      plain,
      try guarded.get(),
      "other bytes around the buffers change the answer"
    )
  }
}
