import PluginKit

extension Check {
  static let parameters: [Check] = [
    Check(name: "parameters.defaults", cases: { _ in 1 }) { trial in
      _ = try trial.answer(trial.subject.make())
    },
    Check(name: "parameters.bounds", cases: { _ in 1 }) { trial in
      for spec in trial.subject.description.parameters {
        for value in spec.extremes {
          let exercise: any Exercise
          do {
            exercise = try trial.subject.make([spec.name: value])
          } catch {
            throw Finding.fail(
              "\(spec.name) = \(value) is declared, but \"create\" fails: \(error)"
            )
          }
          do {
            _ = try trial.answer(exercise)
          } catch let error as PluginError where error.isRefusal {
            trial.remarks.append(
              "with \(spec.name) = \(value) it refuses a drawn network: \(error.message)"
            )
          }
        }
      }
    },
  ]
}

extension ParameterSpec {
  /// The ends of what the declaration allows.
  fileprivate var extremes: [ParameterValue] {
    switch kind {
    case .bool: [.bool(false), .bool(true)]
    case .int, .double: [minimum, maximum].compactMap(\.self)
    case .string: choices.map { .string($0) }
    case .ints, .doubles, .strings: []
    }
  }
}

extension PluginError {
  /// Whether the strategy says that it does not apply, rather than that it failed.
  var isRefusal: Bool {
    [.invalidArgument, .notFound, .unimplemented, .cancelled].contains(code)
  }
}
