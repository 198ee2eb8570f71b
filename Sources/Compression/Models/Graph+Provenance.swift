package import Graphs

extension Graph {
  /// Metadata keys of steps start so; a number follows.
  package static let provenancePrefix = "espalier.step."
}
