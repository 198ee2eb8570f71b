import Evaluation
import Files

extension TrainSettings {
  /// A hash of all that decides the bits of what comes out.
  ///
  /// Left out is what only decides how often something is written, and the length where the schedule does not depend on it.
  package var digest: String {
    var settings = self
    settings.checkpointEvery = 0
    settings.checkpointMinutes = 0
    settings.keep = 1
    settings.logEvery = 1
    settings.threads = 0
    settings.seed = nil
    if settings.schedule != .cosine { settings.length = .iterations(0) }
    return SHA256.hexadecimal(of: Array(settings.text.utf8).span)
  }

  /// Every key and its value as a text, which stays the same: digests of it stand in models and checkpoints.
  ///
  /// Its form is that of a value printed by Swift, as the first versions hashed it.
  private var text: String {
    // A key that later versions added counts where it is set.
    let keys =
      stated.filter { $0.key != "patience" || patience > 0 }.map { "\($0.key): \($0.value)" }
      + ["mark: nil"]
    return "TrainSettings(\(keys.joined(separator: ", ")))"
  }

  /// In the order of the declaration; a test sees that none is missing.
  package var stated: [(key: String, value: String)] {
    func named(_ type: String, _ value: some Any) -> String { "\(Self.prefix)\(type).\(value)" }
    let rates = rates.map {
      "\(Self.prefix)Rate(pattern: \($0.pattern.debugDescription), factor: \($0.factor))"
    }
    return [
      ("length", named("Length", length)), ("batch", "\(batch)"),
      ("optimiser", named("Optimiser", optimiser)), ("learningRate", "\(learningRate)"),
      ("momentum", "\(momentum)"), ("nesterov", "\(nesterov)"), ("betas", "\(betas)"),
      ("rho", "\(rho)"), ("epsilon", Self.text(epsilon)), ("warmup", "\(warmup)"),
      ("schedule", named("Schedule", schedule)), ("milestones", "\(milestones)"),
      ("decay", "\(decay)"), ("weightDecay", "\(weightDecay)"),
      ("rates", "[\(rates.joined(separator: ", "))]"), ("ema", "\(ema)"), ("clip", "\(clip)"),
      ("autocast", named("Autocast", autocast)), ("sizes", "\(sizes)"),
      ("augment", augment.debugDescription), ("checkpointEvery", "\(checkpointEvery)"),
      ("checkpointMinutes", "\(checkpointMinutes)"), ("keep", "\(keep)"),
      ("evaluateEvery", "\(evaluateEvery)"), ("take", named("Take", take)),
      ("patience", "\(patience)"),
      ("logEvery", "\(logEvery)"), ("seed", Self.text(seed)), ("threads", "\(threads)"),
      ("channelsLast", "\(channelsLast)"),
    ]
  }

  private static let prefix = "Compression.TrainSettings."

  private static func text(_ value: (some Any)?) -> String {
    value.map { "Optional(\($0))" } ?? "nil"
  }
}
