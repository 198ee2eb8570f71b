import Files
import Recipes

/// A step whose strategy failed: why, and what was done in its place.
struct FailedStepReport: StepReport {
  private let failure: FailedStep.Failure
  private let instead: (any StepReport)?

  init(_ step: FailedStep, instead: (any StepReport)?) {
    failure = step.failure
    self.instead = instead
  }

  var text: String {
    let what =
      instead == nil ? "skipped, the model is as it was before" : "done by another strategy"
    return "the step '\(failure.step)' was \(what): \(failure.strategy) failed: \(failure.reason)\n"
      + (instead?.text ?? "")
  }

  /// The report of what was done, with the failure beside.
  var json: JSONValue {
    let failure = JSONValue.Member("failure", .object(failure.members))
    guard case .object(let members)? = instead?.json else {
      return .object([.init("skipped", true), failure])
    }
    return .object(members + [failure])
  }
}

extension FailedStep: ReportedStep {
  package func report(_ files: StepFiles) -> any StepReport {
    FailedStepReport(
      self,
      instead: instead.map { ($0 as? any ReportedStep)?.report(files) ?? CostReport($0) }
    )
  }
}
