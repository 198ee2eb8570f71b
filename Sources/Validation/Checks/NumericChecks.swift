import PluginHost
import PluginKit
import Tensors

extension Check {
  static let numerics: [Check] = [
    Check(name: "numerics.usual") { trial in
      let exercise = try trial.subject.make()
      for kind in ValueKind.usual {
        do {
          _ = try trial.answer(exercise, Inputs(kind: kind))
        } catch let error as PluginError where !error.isRefusal {
          throw Finding.fail("with \(kind) values: \(error)")
        }
        // Equal weights have equal scores.
        if kind != .normal { _ = trial.place.log.take() }
      }
    },
    Check(name: "numerics.huge", cases: { _ in 1 }) { trial in
      do {
        _ = try trial.answer(trial.subject.make(), Inputs(kind: .huge))
      } catch let error as PluginError where !error.isRefusal {
        trial.remarks.append("with values about 1e18: \(error)")
      } catch Finding.fail(let text) {
        trial.remarks.append("with values about 1e18: \(text)")
      }
    },
    Check(name: "numerics.equal", interfaces: [.distill]) { trial in
      guard let exercise = try trial.subject.make() as? DistillExercise else { return }
      var draw = Draw(trial.seed)
      let equal = try DrawnDistilling(Inputs(), &draw, equal: true)
      let least = try exercise.value(equal, equal.student)
      draw = Draw(trial.seed)
      let other = try DrawnDistilling(Inputs(), &draw)
      let most = try exercise.value(other, other.student)
      guard least.isFinite else { throw Finding.fail("the loss of equal maps is \(least)") }
      if least > most * 1.0001 {
        trial.remarks.append(
          "the loss of equal maps, \(least), is above that of drawn ones, \(most)"
        )
      }
      if min(least, most) < 0 { trial.remarks.append("a loss is negative: \(min(least, most))") }
    },
  ]

  static let gradients: [Check] = [
    Check(name: "gradients.differences", interfaces: [.distill]) { trial in
      guard let exercise = try trial.subject.make() as? DistillExercise else { return }
      try GradientCheck(exercise, seed: trial.seed).run()
    },
    Check(name: "gradients.scale", interfaces: [.distill]) { trial in
      guard let exercise = try trial.subject.make() as? DistillExercise else { return }
      var draw = Draw(trial.seed)
      let context = try DrawnDistilling(Inputs(), &draw)
      let once = try exercise.gradients(context, upstream: 1)
      let twice = try exercise.gradients(context, upstream: 2)
      for (a, b) in zip(once, twice) where abs(2 * a - b) > 1e-4 * max(abs(b), 1e-6) {
        throw Finding.fail("twice the loss's weight makes the gradient \(b) of \(a)")
      }
    },
  ]
}

extension DistillExercise {
  /// The derivatives by the student's maps, one after the other.
  func gradients(_ context: DrawnDistilling, upstream: Float) throws -> [Float] {
    let loss = try self.loss.loss(of: context.pairs(), in: context)
    let scaled = try loss * Tensor.full([], Double(upstream))
    let gradients = try self.loss.derivatives(of: scaled, by: context.student)
    return try zip(gradients, context.student).flatMap { gradient, student in
      try gradient?.floats() ?? [Float](repeating: 0, count: student.count)
    }
  }
}
