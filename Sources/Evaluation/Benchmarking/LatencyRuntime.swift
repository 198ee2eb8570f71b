/// What executes networks that are timed.
package enum LatencyRuntime: Sendable, Hashable, CaseIterable {
  case session
  case other(InferenceKind)

  /// Our session first.
  package static let allCases = [session] + InferenceKind.allCases.map(other)

  /// How options, recipes and JSON name it.
  package var name: String {
    switch self {
    case .session: "espalier"
    case .other(let kind): kind.rawValue
    }
  }

  /// The runtime of a name.
  package init?(_ name: String) {
    guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }
}
