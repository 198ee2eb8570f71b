/// One thing that a gate asks of a model, and what was found.
package struct GateCheck: Sendable, Hashable {
  /// What is asked.
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    /// The metric of the model before the first step, less this one's: at most.
    case drop = "max_drop"
    /// The metric, from 0 to 1: at least.
    case metric = "min_metric"
    /// How many times as fast as the model before the first step: at least.
    case speedup = "min_speedup"
    /// The median of a call in milliseconds: at most.
    case latency = "max_latency"
    /// The size of the file in millions of bytes: at most.
    case megabytes = "max_megabytes"

    /// Whether the value must not be below the limit; else it must not be above it.
    package var isLeast: Bool { self == .metric || self == .speedup }
  }

  package let kind: Kind
  package let limit: Double
  package let value: Double
  /// Where the value would lie for other images of the same kind, in 95 of 100 cases; nil where nothing is drawn.
  package let interval: ClosedRange<Double>?
  /// The metric, or the runtime, by which it was found.
  package let means: String

  package init(
    _ kind: Kind,
    limit: Double,
    value: Double,
    interval: ClosedRange<Double>? = nil,
    means: String = ""
  ) {
    self.kind = kind
    self.limit = limit
    self.value = value
    self.interval = interval
    self.means = means
  }

  /// Whether the model keeps to it; a value that is no number does not.
  package var holds: Bool { kind.isLeast ? value >= limit : value <= limit }
}
