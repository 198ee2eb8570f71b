/// What a pruner decided: a cut a channel group, as a printable value.
public struct PruningPlan: Sendable, Hashable, Codable {
  /// What one group loses.
  public enum Cut: Sendable, Hashable {
    /// A share in `0..<1`; the host removes `round-half-even(channels * ratio)` of least importance.
    case ratio(Double)
    /// These channels, each once.
    case channels([Int])
  }

  /// The cuts by the group's name; a group without one stays whole.
  public var cuts: [String: Cut]
  /// The id of the strategy whose scores choose the channels of a ratio; `nil` for the pruner's own
  /// score, else the host's L1 norm.
  public var score: String?

  /// Makes a plan.
  public init(cuts: [String: Cut] = Dictionary(), score: String? = nil) {
    self.cuts = cuts
    self.score = score
  }
}

extension PruningPlan.Cut: Codable {
  /// Reads a number as a ratio and a list as channels.
  ///
  /// - Throws: `DecodingError` for anything else.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let ratio = try? container.decode(Double.self) {
      self = .ratio(ratio)
    } else {
      self = .channels(try container.decode([Int].self))
    }
  }

  /// Writes a ratio as a number and channels as a list.
  ///
  /// - Throws: What the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .ratio(let ratio): try container.encode(ratio)
    case .channels(let channels): try container.encode(channels)
    }
  }
}

extension PruningPlan: CustomStringConvertible {
  /// One line a group, sorted by name.
  public var description: String {
    cuts.sorted { $0.key < $1.key }.map { name, cut in
      switch cut {
      case .ratio(let ratio): "\(name): \(ratio)"
      case .channels(let channels): "\(name): \(channels.count) channels \(channels)"
      }
    }.joined(separator: "\n")
  }
}
