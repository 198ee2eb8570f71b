package import ModelFormats

/// A trainer's state in a file.
///
/// The file is in the layout of safetensors: `parameters/`, `statistics/`, `adapters/`, `optimiser/` and `smoothed/` by the weights'
/// names, and what it belongs to as texts.
package struct Checkpoint: Sendable {
  /// What a checkpoint belongs to, and what a run must set to go on with the same bits.
  package struct Identity: Sendable, Hashable {
    /// Hash of the recipe's training settings, task and data.
    package var recipe: String
    /// Hash of the graph's nodes and of its constants at the start.
    package var graph: String
    /// Hash of the list of images.
    package var data: String
    package var threads: Int
    package var channelsLast: Bool
    package var seed: UInt64
    /// Versions of torch and of this program.
    package var torch: String
    package var program: String

    package init(
      recipe: String,
      graph: String,
      data: String,
      threads: Int,
      channelsLast: Bool,
      seed: UInt64,
      torch: String,
      program: String
    ) {
      self.recipe = recipe
      self.graph = graph
      self.data = data
      self.threads = threads
      self.channelsLast = channelsLast
      self.seed = seed
      self.torch = torch
      self.program = program
    }
  }

  /// The best model that was evaluated.
  package struct Best: Sendable, Hashable {
    package var step: Int
    package var metric: Double
  }

  /// A file that is damaged, or no checkpoint.
  package struct Unusable: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file and what is wrong with it.
    package let description: String
  }

  package var identity: Identity
  /// Steps done.
  package var step: Int
  package var best: Best?
  /// The loss of the last step, and the last metric.
  package var loss: Double
  package var metric: Double?
  package var file: Safetensors

  static let form = "espalier.checkpoint/1"
}

extension Checkpoint {
  /// The state of a trainer.
  init(
    _ trainer: Trainer,
    identity: Identity,
    best: Best?,
    loss: Double,
    metric: Double?
  ) throws {
    self.identity = identity
    self.best = best
    self.loss = loss
    self.metric = metric
    step = trainer.step
    var texts = [
      "form": Self.form, "step": "\(trainer.step)", "recipe": identity.recipe,
      "graph": identity.graph, "data": identity.data, "threads": "\(identity.threads)",
      "memory_format": identity.channelsLast ? "channels_last" : "contiguous",
      "seed": "\(identity.seed)", "torch": identity.torch, "espalier": identity.program,
      "loss": "\(loss)",
    ]
    if let metric { texts["metric"] = "\(metric)" }
    if let best {
      texts["best_step"] = "\(best.step)"
      texts["best_metric"] = "\(best.metric)"
    }
    file = Safetensors(arrays: try trainer.arrays(), metadata: texts)
  }

  /// Reads a file and checks its form.
  ///
  /// - Throws: ``Unusable`` for a file that is damaged or something else; `FileError`.
  package static func read(_ path: String) throws -> Checkpoint {
    let file: Safetensors
    do { file = try Safetensors.read(path) } catch let error as WeightError {
      throw Unusable(description: "\(error)")
    }
    let texts = file.metadata
    func text(_ key: String) throws(Unusable) -> String {
      guard let text = texts[key] else {
        throw Unusable(description: "\(path): it is no checkpoint: it lacks '\(key)'")
      }
      return text
    }
    func number<Number: LosslessStringConvertible>(
      _ key: String
    ) throws(Unusable) -> Number {
      guard let number = Number(try text(key)) else {
        throw Unusable(description: "\(path): it is no checkpoint: '\(key)' is no number")
      }
      return number
    }
    guard try text("form") == form else {
      throw Unusable(description: "\(path): its form is '\(try text("form"))', not '\(form)'")
    }
    let identity = Identity(
      recipe: try text("recipe"),
      graph: try text("graph"),
      data: try text("data"),
      threads: try number("threads"),
      channelsLast: try text("memory_format") == "channels_last",
      seed: try number("seed"),
      torch: try text("torch"),
      program: try text("espalier")
    )
    let best =
      texts["best_step"] == nil
      ? nil
      : Best(step: try number("best_step"), metric: try number("best_metric"))
    return Checkpoint(
      identity: identity,
      step: try number("step"),
      best: best,
      loss: try number("loss"),
      metric: texts["metric"] == nil ? nil : try number("metric"),
      file: file
    )
  }

  /// Refuses a checkpoint that another recipe, network or list of images has made.
  ///
  /// - Throws: ``TrainingError/otherRun(path:what:stored:wanted:)``.
  func require(_ wanted: Identity, path: String) throws(TrainingError) {
    let pairs = [
      ("recipe", identity.recipe, wanted.recipe), ("network", identity.graph, wanted.graph),
      ("list of images", identity.data, wanted.data),
      ("torch", identity.torch, wanted.torch),
      ("seed", "\(identity.seed)", "\(wanted.seed)"),
    ]
    for (what, stored, wanted) in pairs where stored != wanted {
      throw .otherRun(
        path: path,
        what: what,
        stored: String(stored.prefix(12)),
        wanted: String(wanted.prefix(12))
      )
    }
  }
}
