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
    settings.batch = try section.value(batch)
    try settings.readOptimiser(&section)
    try settings.readSchedule(&section)
    settings.autocast = try section.value(autocast)
    settings.sizes = try section.value(sizes)
    settings.augment = try section.value(augment)
    settings.checkpointEvery = try section.value(checkpointEvery)
    settings.checkpointMinutes = try section.value(checkpointMinutes)
    settings.keep = try section.value(keep)
    settings.evaluateEvery = try section.value(evaluateEvery)
    settings.take = try section.value(take)
    settings.logEvery = try section.value(logEvery)
    let seed = try section.value(seed)
    settings.seed = seed < 0 ? nil : UInt64(seed)
    settings.threads = try section.value(threads)
    settings.channelsLast = try section.value(channelsLast)
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
    return settings
  }

  /// The length that is stated; nil where none is.
  private static func length(_ section: inout RecipeSection) throws(RecipeError) -> TrainingLength?
  {
    let iterations = try section.value(iterations)
    let epochs = try section.value(epochs)
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
    optimiser = try section.value(Self.optimiser)
    learningRate = try section.value(Self.learningRate)
    let hasMomentum = section.has("momentum")
    momentum = try section.value(Self.momentum)
    // The benchmark's RMSProp has none.
    if optimiser == .rmsprop && !hasMomentum { momentum = 0 }
    nesterov = try section.value(Self.nesterov)
    betas = try section.value(Self.betas)
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
    rho = try section.value(Self.rho)
    let epsilon = try section.value(Self.epsilon)
    self.epsilon = epsilon == 0 ? nil : epsilon
    weightDecay = try section.value(Self.weightDecay)
    ema = try section.value(Self.ema)
    clip = try section.value(Self.clip)
    rates = try Self.rates(&section)
  }

  private mutating func readSchedule(_ section: inout RecipeSection) throws(RecipeError) {
    warmup = try section.value(Self.warmup)
    schedule = try section.value(Self.schedule)
    milestones = try section.value(Self.milestones)
    decay = try section.value(Self.decay)
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
