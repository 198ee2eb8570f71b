import Evaluation

/// What a network may cost.
package struct SearchConstraint: Sendable, Hashable {
  /// What is limited.
  package enum Figure: String, Sendable, Hashable, CaseIterable {
    /// Multiply-adds at the run's input size.
    case macs
    case parameters
    /// Bytes of the ONNX file.
    case bytes
    /// Milliseconds, by a table or measured here.
    case latency
  }

  /// A limit: a number, or a share of what the network before the search costs.
  package enum Limit: Sendable, Hashable {
    case number(Double)
    case share(Double)

    /// The number, where the network before the search costs `base`.
    func value(_ base: Double) -> Double {
      switch self {
      case .number(let number): number
      case .share(let share): share * base
      }
    }
  }

  /// Where a latency comes from.
  package enum LatencySource: Sendable, Hashable {
    /// A table of convolutions, such as `espalier bench --table` writes.
    case table(String)
    /// Measured on this machine by one of ``runtimes``.
    case runtime(String)

    /// What latency can be measured on.
    package static var runtimes: [String] { LatencyRuntime.allCases.map(\.name) }
  }

  package var figure: Figure
  package var atMost: Limit?
  package var atLeast: Limit?
  /// Of a latency.
  package var source: LatencySource?

  package init(
    _ figure: Figure,
    atMost: Limit? = nil,
    atLeast: Limit? = nil,
    source: LatencySource? = nil
  ) {
    self.figure = figure
    self.atMost = atMost
    self.atLeast = atLeast
    self.source = source
  }

  /// Whether the limits contradict each other whatever a network costs.
  package var excludesAll: Bool {
    switch (atLeast, atMost) {
    case (.number(let low)?, .number(let high)?), (.share(let low)?, .share(let high)?): low > high
    default: false
    }
  }

  /// Why a network is ruled out.
  ///
  /// - Parameters:
  ///   - value: what it costs.
  ///   - base: what the network before the search costs.
  /// - Returns: a sentence; nil where it is not.
  func violation(_ value: Double, base: Double) -> String? {
    if let limit = atMost?.value(base), value > limit {
      return "\(figure.rawValue) \(Self.text(value)) is above \(Self.text(limit))"
    }
    if let limit = atLeast?.value(base), value < limit {
      return "\(figure.rawValue) \(Self.text(value)) is below \(Self.text(limit))"
    }
    return nil
  }

  private static func text(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
  }
}
