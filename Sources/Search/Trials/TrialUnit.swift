package import Files

/// One piece of a search's work, with all that is needed to do it anywhere: a JSON line, named by the hash of its content.
package struct TrialUnit: Sendable, Hashable {
  /// The schema of the line.
  package static let schema = "espalier.trial/1"

  /// Which training a unit is of.
  package enum Kind: String, Sendable, Hashable {
    /// That of the reward which the search goes by.
    case quick
    /// The longer one, by which the first is judged.
    case full
  }

  /// The recipe as YAML, with the search as its only step, and without what decides no trial's reward.
  package var recipe: String
  /// The folder that the recipe's relative paths start from, absolute.
  package var base: String
  /// The run's folder, absolute: models and checkpoints of trials are there.
  package var folder: String
  /// The step's number in the run's recipe, from 1.
  package var step: Int
  /// The SHA-256 of the network that the search begins from.
  package var network: String
  package var tokens: [Int]
  package var kind: Kind
  /// The round of successive halving, from 0.
  package var rung: Int
  /// The unit whose trained network this one continues to train; nil for the network as the space makes it.
  package var previous: String?
  /// Threads of one operator: more or fewer may change the last bits.
  package var threads: Int

  package init(
    recipe: String,
    base: String,
    folder: String,
    step: Int,
    network: String,
    tokens: [Int],
    kind: Kind = .quick,
    rung: Int = 0,
    previous: String? = nil,
    threads: Int
  ) {
    self.recipe = recipe
    self.base = base
    self.folder = folder
    self.step = step
    self.network = network
    self.tokens = tokens
    self.kind = kind
    self.rung = rung
    self.previous = previous
    self.threads = threads
  }

  /// The name: the SHA-256 of all but the run's folder, which may move.
  package var digest: String {
    SHA256.hexadecimal(of: Array(JSONValue.object(content).line.utf8).span)
  }

  /// The line.
  package var json: JSONValue {
    .object(content + [.init("folder", .string(folder)), .init("digest", .string(digest))])
  }

  private var content: [JSONValue.Member] {
    [
      .init("unit", .string(Self.schema)),
      .init("recipe", .string(recipe)),
      .init("base", .string(base)),
      .init("step", .int(step)),
      .init("network", .string(network)),
      .init("tokens", JSONValue(tokens)),
      .init("kind", .string(kind.rawValue)),
      .init("rung", .int(rung)),
      .init("previous", JSONValue(previous)),
      .init("threads", .int(threads)),
    ]
  }

  /// The unit of a line; nil where a key is missing, of another kind, or the digest is another's.
  package init?(_ json: JSONValue) {
    guard json["unit"]?.string == Self.schema, let recipe = json["recipe"]?.string,
      let base = json["base"]?.string, let folder = json["folder"]?.string,
      let step = json["step"]?.whole, let network = json["network"]?.string,
      let tokens = json["tokens"]?.items?.map(\.whole), !tokens.contains(nil),
      let kind = json["kind"]?.string.flatMap(Kind.init), let rung = json["rung"]?.whole,
      let threads = json["threads"]?.whole
    else { return nil }
    self.init(
      recipe: recipe,
      base: base,
      folder: folder,
      step: step,
      network: network,
      tokens: tokens.compactMap(\.self),
      kind: kind,
      rung: rung,
      previous: json["previous"]?.string,
      threads: threads
    )
    guard json["digest"]?.string == digest else { return nil }
  }
}

/// What a unit came to.
package struct TrialResult: Sendable, Hashable {
  /// The schema of the line.
  package static let schema = "espalier.trial-result/1"

  /// The unit's digest.
  package var unit: String
  /// What the network is worth; nil where it failed.
  package var reward: Double?
  package var seconds: Double
  /// Why it failed.
  package var reason: String?

  package init(unit: String, reward: Double?, seconds: Double, reason: String? = nil) {
    self.unit = unit
    self.reward = reward
    self.seconds = seconds
    self.reason = reason
  }

  package var json: JSONValue {
    [
      "result": .string(Self.schema),
      "unit": .string(unit),
      "reward": reward.map { .double($0) } ?? .null,
      "seconds": .double(seconds),
      "reason": JSONValue(reason),
    ]
  }

  /// The result of a line; nil for anything else.
  package init?(_ json: JSONValue) {
    guard json["result"]?.string == Self.schema, let unit = json["unit"]?.string,
      let seconds = json["seconds"]?.number
    else { return nil }
    self.init(
      unit: unit,
      reward: json["reward"]?.number,
      seconds: seconds,
      reason: json["reason"]?.string
    )
  }
}
