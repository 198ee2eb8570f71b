import Evaluation
import Training

extension TrainSettings {
  /// The settings that a mapping holds; every key is checked.
  static func read(_ node: YAMLNode, file: String) throws(RecipeError) -> TrainSettings {
    var section = try RecipeSection(node, name: "the step 'train'", key: "train", file: file)
    let (settings, length) = try keys(&section)
    try section.finish()
    return try settings.whole(length, section)
  }

  /// Takes the keys of training out of a mapping, in which others may be left.
  ///
  /// - Returns: the settings, and the length that is stated.
  static func keys(
    _ section: inout RecipeSection
  ) throws(RecipeError) -> (TrainSettings, TrainingLength?) {
    var settings = TrainSettings()
    let length = try length(&section)
    settings.batch = try section.value(Keys.batch)
    try settings.readOptimiser(&section)
    try settings.readSchedule(&section)
    settings.autocast = try section.value(Keys.autocast)
    settings.sizes = try section.value(Keys.sizes)
    settings.augment = try section.value(Keys.augment)
    settings.checkpointEvery = try section.value(Keys.checkpointEvery)
    settings.checkpointMinutes = try section.value(Keys.checkpointMinutes)
    settings.keep = try section.value(Keys.keep)
    settings.evaluateEvery = try section.value(Keys.evaluateEvery)
    settings.take = try section.value(Keys.take)
    settings.patience = try section.value(Keys.patience)
    settings.logEvery = try section.value(Keys.logEvery)
    let seed = try section.value(Keys.seed)
    settings.seed = seed < 0 ? nil : UInt64(seed)
    settings.threads = try section.value(Keys.threads)
    settings.channelsLast = try section.value(Keys.channelsLast)
    return (settings, length)
  }

  /// The settings with their length, which must be stated.
  func whole(
    _ length: TrainingLength?,
    _ section: RecipeSection
  ) throws(RecipeError) -> TrainSettings {
    var settings = self
    guard let length else {
      throw section.missing("iterations", because: "it or 'epochs' says how long to train")
    }
    settings.length = length
    if settings.take == .best && settings.evaluateEvery == 0 {
      throw section.missing("evaluate_every", because: "'take: best' compares evaluations")
    }
    if settings.patience > 0 && settings.evaluateEvery == 0 {
      throw section.missing("evaluate_every", because: "'patience' counts evaluations")
    }
    return settings
  }

  /// The length that is stated; nil where none is.
  private static func length(_ section: inout RecipeSection) throws(RecipeError) -> TrainingLength?
  {
    let iterations = try section.value(Keys.iterations)
    let epochs = try section.value(Keys.epochs)
    switch (iterations, epochs) {
    case (0, 0): return nil
    case (_, 0): return .iterations(iterations)
    case (0, _): return .epochs(epochs)
    default:
      throw RecipeError(
        .conflict("iterations", with: "epochs"),
        file: section.file,
        mark: section.mark
      )
    }
  }

  private mutating func readOptimiser(_ section: inout RecipeSection) throws(RecipeError) {
    optimiser = try section.value(Keys.optimiser)
    learningRate = try section.value(Keys.learningRate)
    let hasMomentum = section.has("momentum")
    momentum = try section.value(Keys.momentum)
    // The benchmark's RMSProp has none.
    if optimiser == .rmsprop && !hasMomentum { momentum = 0 }
    nesterov = try section.value(Keys.nesterov)
    betas = try section.value(Keys.betas)
    guard betas.count == 2 else {
      throw RecipeError(
        .badValue(
          key: "betas",
          found: "\(betas.count) numbers",
          wanted: "two, such as [0.9, 0.999]"
        ),
        file: section.file,
        mark: section.mark
      )
    }
    rho = try section.value(Keys.rho)
    let epsilon = try section.value(Keys.epsilon)
    self.epsilon = epsilon == 0 ? nil : epsilon
    weightDecay = try section.value(Keys.weightDecay)
    ema = try section.value(Keys.ema)
    clip = try section.value(Keys.clip)
    rates = try Self.rates(&section)
  }

  private mutating func readSchedule(_ section: inout RecipeSection) throws(RecipeError) {
    warmup = try section.value(Keys.warmup)
    schedule = try section.value(Keys.schedule)
    milestones = try section.value(Keys.milestones)
    decay = try section.value(Keys.decay)
    guard zip(milestones, milestones.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw RecipeError(
        .badValue(key: "milestones", found: "\(milestones)", wanted: "steps that rise"),
        file: section.file,
        mark: section.mark
      )
    }
  }

  /// The mapping of name patterns to factors.
  private static func rates(_ section: inout RecipeSection) throws(RecipeError) -> [Rate] {
    guard let node = section.take("rates") else { return [] }
    let wanted = "a mapping of names, in which '*' stands for anything, to factors of at least 0"
    guard let entries = node.entries else { throw section.wrong("rates", node, wanted: wanted) }
    var rates: [Rate] = []
    for entry in entries {
      guard let factor = entry.value.double, factor >= 0 else {
        throw section.wrong("rates", entry.value, wanted: wanted)
      }
      rates.append(Rate(pattern: entry.key, factor: factor))
    }
    return rates
  }
}

extension RecipeSection {
  /// True while nobody has taken the key.
  func has(_ key: String) -> Bool { keys.contains(key) }

  /// The error of a key that another makes necessary.
  fileprivate func missing(_ key: String, because reason: String) -> RecipeError {
    RecipeError(.neededKey(key, of: name, because: reason), file: file, mark: mark)
  }
}
