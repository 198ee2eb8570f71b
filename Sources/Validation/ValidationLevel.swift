/// How long a validation takes.
package enum ValidationLevel: String, Sendable, Hashable, CaseIterable {
  /// Seconds: what every release of a plugin should pass.
  case quick
  /// Minutes.
  case full
  /// As long as one likes to wait for a rare fault.
  case soak

  /// How often a check draws its input.
  package var cases: Int {
    switch self {
    case .quick: 2
    case .full: 12
    case .soak: 200
    }
  }

  /// How often a strategy is made, called and dropped in search of leaks.
  package var rounds: Int {
    switch self {
    case .quick: 120
    case .full: 1000
    case .soak: 20_000
    }
  }

  /// Seconds that one case of a check may take.
  package var caseSeconds: Int {
    switch self {
    case .quick: 20
    case .full: 120
    case .soak: 1200
    }
  }
}
