import Evaluation
package import Files

/// What a cut to a target came to: asked, predicted, measured, and how often corrected.
package struct TargetOutcome: Sendable, Hashable {
  package let target: PruneTarget
  /// The runtime, its version and its threads; nil where costs are counted.
  package let surroundings: String?
  /// Channels that were cut together.
  package let block: Int
  /// The number asked for.
  package let asked: Double
  /// What the model cost before, and after: measured in turns.
  package let before: Double
  package let after: Double
  /// What the table predicted first.
  package let predicted: Double
  /// What was measured, in order; the first was not corrected.
  package let rounds: [Round]

  /// A cut that was measured.
  package struct Round: Sendable, Hashable {
    package let predicted: Double
    package let measured: Double
    package let before: Double
    package let isTaken: Bool
  }

  /// Collects what a search found.
  init(
    _ target: PruneTarget,
    search: BudgetSearch,
    found: BudgetSearch.Found,
    block: Int,
    surroundings: String?
  ) {
    self.target = target
    self.surroundings = surroundings
    self.block = block
    let taken = found.rounds[found.taken].measured
    (before, after) = (taken.original, taken.value)
    asked = search.goal(taken.original) * taken.original
    predicted = found.rounds[0].predicted
    rounds = found.rounds.enumerated().map { place, round in
      Round(
        predicted: round.predicted,
        measured: round.measured.value,
        before: round.measured.original,
        isTaken: place == found.taken
      )
    }
  }

  /// The number asked for, where the model before costs so much.
  package func asked(beside before: Double) -> Double {
    switch target.amount {
    case .share(let share): share * before
    case .number(let number): number
    }
  }

  /// How often the table was corrected.
  package var corrections: Int { rounds.count - 1 }
  /// How far the result is off, as a share of what was asked for.
  package var error: Double { after / asked - 1 }

  /// As reports and the model's metadata have it.
  package var json: JSONValue {
    [
      "figure": .string(target.figure.rawValue), "target": .string(target.text),
      "on": target.place.map { .string($0.runtime.name) } ?? .null,
      "surroundings": JSONValue(surroundings), "block": .int(block), "asked": .double(asked),
      "predicted": .double(predicted), "measured": .double(after), "before": .double(before),
      "error": .double(error), "corrections": .int(corrections),
      "rounds": .array(
        rounds.map { round in
          [
            "predicted": .double(round.predicted), "measured": .double(round.measured),
            "before": .double(round.before), "taken": .bool(round.isTaken),
          ]
        }
      ),
    ]
  }
}
