import Evaluation
import Models
import PluginKit

extension RunEvent {
  /// Whether the next event takes its place, as a line of progress does; else it is a remark that stays.
  package var isProgress: Bool {
    switch self {
    case .step, .work, .iteration, .trial, .timing, .evaluation, .floatLayers, .resuming, .writing:
      true
    case .noCheckpoint, .damagedCheckpoint, .images, .weights, .weightsLeft, .passes,
      .outputsLeftOut, .plugin, .narrowed, .searchExhausted, .idleWorkers, .workerLost,
      .strategyFailed, .gate:
      false
    }
  }

  /// The event in words; nil for what is not worth a line.
  package var text: String? {
    switch self {
    case .step(let step, let number, let all): "step \(number) of \(all): \(step.text)"
    case .work(let work, let done, let all):
      work.isWorthLine(done, of: all) ? work.text(done, of: all) : nil
    case .iteration(let iteration): iteration.text
    case .trial(let trial): trial.text
    case .searchExhausted(let searcher, let proposals):
      "warning: after \(proposals) proposals the searcher \(searcher) finds no untried network, so the search ends"
    case .idleWorkers(let count, let parallel):
      "warning: the search began with \(parallel) trials at once, so \(count) workers stay idle; set 'parallel' in a new run"
    case .workerLost(let unit, let reason):
      "warning: the worker of unit \(unit.prefix(12)) \(reason); the unit starts again"
    case .timing(let timing): timing.text
    case .narrowed(let found):
      "asked for \(found.asked): predicted \(found.predicted), measured \(found.measured)"
    case .evaluation(let metric, let value, let iteration, let all):
      "step \(iteration) of \(all): \(metric) \(Figures.fixed(value, 4))"
    case .floatLayers(let count, let isEnough):
      "\(count) layers left float: \(isEnough ? "enough" : "not enough")"
    case .resuming(let checkpoint): "going on from \(checkpoint)"
    case .noCheckpoint(let step, let folder):
      "step \(step) has no checkpoint in \(folder) yet, so it starts over; 'checkpoint_every' and "
        + "'checkpoint_minutes' say when one is written"
    case .damagedCheckpoint(let reason):
      "warning: \(reason); going on with the checkpoint before it"
    case .writing(let path): "writing \(path)"
    case .images(let list, let summary, let problems):
      "'\(list)': \(summary)"
        + (problems.first.map { "; \(problems.count) problems, the first: \($0)" } ?? "")
    case .weights(let file, let used): "\(file): \(used) weights taken over"
    case .weightsLeft(let reason, let names): Self.text(of: names, reason)
    case .passes(let model, let batch, let fixed):
      "\(model) \(fixed.text): a batch of \(batch) is made of \(batch / fixed.count) passes"
    case .outputsLeftOut(let outputs): outputs.line
    case .strategyFailed(let strategy, let reason, let instead):
      "warning: the strategy \(strategy) failed: \(reason); "
        + (instead.map { "\($0) does the step" } ?? "the step is skipped, the model stays as it was")
    case .gate(let step, let checks):
      checks.map { "gate of \(step): \($0.text)" }.joined(separator: "\n")
    case .plugin(let level, let message): level >= .warning ? message : nil
    }
  }

  private static func text(of names: [String], _ reason: WeightsLeft) -> String {
    let remark =
      switch reason {
      case .shape: "not taken over for their shape"
      case .missing: "not in the file"
      }
    let some = names.prefix(5).map { "'\($0)'" }.joined(separator: ", ")
    return "warning: \(names.count) weights \(remark): \(some)\(names.count > 5 ? ", …" : "")"
  }
}

extension RunEvent.Step {
  /// What the step does, by what, and for how long.
  fileprivate var text: String {
    let names = strategies.joined(separator: ", ")
    let what =
      name == "distill" && strategies.isEmpty
      ? "match the teacher" : name + (names.isEmpty ? "" : " by \(names)")
    return what + (length.map { " for \($0.text)" } ?? "")
  }
}

extension TrainingLength {
  fileprivate var text: String {
    switch self {
    case .iterations(let count): "\(count) iterations"
    case .epochs(let count): "\(count) epochs"
    }
  }
}

extension RunEvent.Work {
  /// Whether one more is worth a line: of work in many small parts every twentieth.
  fileprivate func isWorthLine(_ done: Int, of all: Int) -> Bool {
    switch self {
    case .calibration, .choice, .repair, .tuning, .gradients: true
    case .cuts: done.isMultiple(of: max(all / 20, 1))
    case .evaluation: done == all || done.isMultiple(of: max(all / 20, 8))
    }
  }

  fileprivate func text(_ done: Int, of all: Int) -> String {
    switch self {
    case .calibration: "\(done) of \(all) images calibrated"
    case .choice(let parameter, let value): "\(done) of \(all) tried: \(parameter) \(value)"
    case .repair(let layer): "layer \(done) of \(all) repaired: \(layer)"
    case .tuning(let layer): "layer \(done) of \(all) tuned: \(layer)"
    case .cuts: "\(done) of \(all) cuts and batches"
    case .evaluation: "\(done) of \(all) images evaluated"
    case .gradients: "\(done) of \(all) images passed back for gradients"
    }
  }
}

extension RunEvent.Timing {
  /// The layer, its number, and the time left.
  fileprivate var text: String {
    "timing \(done + 1) of \(all): \(key)"
      + (secondsLeft.map { ", \(Figures.time($0)) left" } ?? "")
  }
}

extension RunEvent.Iteration {
  /// Iteration, loss, images a second, the last metric, and the time left.
  fileprivate var text: String {
    var parts = [
      "step \(done) of \(all)", "loss \(Figures.fixed(loss, 4))",
      "\(Figures.fixed(imagesPerSecond, 1)) images/s",
    ]
    if let metric { parts.append("metric \(Figures.fixed(metric, 4))") }
    if let secondsLeft, done < all { parts.append("\(Figures.time(secondsLeft)) left") }
    return parts.joined(separator: ", ")
  }
}

extension RunEvent.Trial {
  /// Trials done, what the last came to, the best so far, and the time left.
  fileprivate var text: String {
    let names = tokens.map(String.init).joined(separator: ",")
    let what = isFull ? "full training" : "trial"
    var parts = ["\(what) \(done) of \(all) (\(names))"]
    if let reward { parts.append("reward \(Figures.fixed(reward, 4))") }
    if let reason { parts.append(reason) }
    if let best { parts.append("best \(Figures.fixed(best, 4))") }
    if let secondsLeft, done < all { parts.append("\(Figures.time(secondsLeft)) left") }
    return parts.joined(separator: ", ")
  }
}
