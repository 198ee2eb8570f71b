package import Evaluation

/// Why training ended before its time.
package enum TrainingError: Error, Sendable, Hashable {
  /// The graph has no weight that training could change.
  case nothingToTrain(model: String)
  /// The graph is not fed by one batch of images.
  case inputs(model: String, [String])
  /// A loss, or a weight after its step, that is no number.
  case notFinite(what: String, step: Int, files: [String], checkpoint: String?)
  /// A name in `rates` that no weight has.
  case unmatched(pattern: String, nearest: String?)
  /// A checkpoint of something else.
  case otherRun(path: String, what: String, stored: String, wanted: String)
  /// There is a run, but nothing to go on from.
  case notARun(folder: String, reason: String)
  /// A run is there already that is not to be resumed.
  case runExists(folder: String)
  /// A batch that is no multiple of the number of images that a model takes at once.
  case batch(model: String, asked: Int, FixedBatch)
  /// Training that was asked to stop and wrote where it is.
  case stopped(iteration: Int, of: Int, checkpoint: String, folder: String)
  /// Data and settings that do not fit together.
  case unusable(String)
}

extension TrainingError: CustomStringConvertible {
  /// What happened, where, and what to do.
  package var description: String {
    switch self {
    case .nothingToTrain(let model):
      "\(model) has no weights that can be trained: wanted are float32 constants that convolutions, linear "
        + "layers or normalisations read"
    case .inputs(let model, let names):
      "\(model) cannot be trained on images: it has the inputs \(names.joined(separator: ", ")); "
        + "wanted is one of batch x 3 x height x width"
    case .notFinite(let what, let step, let files, let checkpoint):
      "step \(step + 1): \(what) is not a finite number; the batch was "
        + files.joined(separator: ", ")
        + (checkpoint.map { "; the last good checkpoint is \($0)" }
          ?? "; there is no checkpoint before it")
        + "; try a lower learning_rate, a longer warmup, or clip"
    case .unmatched(let pattern, let nearest):
      "'rates' names '\(pattern)', which no weight's name matches"
        + (nearest.map { "; did you mean '\($0)'?" } ?? "")
    case .otherRun(let path, let what, let stored, let wanted):
      "\(path) belongs to another \(what) (\(stored), this is \(wanted)); give another --run folder, "
        + "or resume with the run's own recipe.yml"
    case .notARun(let folder, let reason):
      "cannot resume '\(folder)': \(reason)"
    case .runExists(let folder):
      "'\(folder)' holds a run that trained already; go on with it by --resume \(folder), or name another --run"
    case .batch(let model, let asked, let fixed):
      "a batch of \(asked) cannot be made: \(model) \(fixed.text); give 'batch: \(fixed.multiples(near: asked))', or export the "
        + "model with an open batch"
    case .stopped(let iteration, let all, let checkpoint, let folder):
      "stopped after \(iteration) of \(all) iterations, which \(checkpoint) holds; go on with --resume \(folder)"
    case .unusable(let reason): reason
    }
  }
}
