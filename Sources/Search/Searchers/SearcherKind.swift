import Graphs
package import PluginKit

/// A kind of searcher, and all that is asked of it before it searches.
///
/// Adding a searcher is adding a value, beside the conformance to ``Searcher`` that it makes, and its name to ``all``.
package struct SearcherKind: Listed {
  package let name: String
  /// What help and schema say of it, in a sentence.
  package let doc: String
  /// What recipes may say.
  package let options: [ParameterSpec]
  private let make: @Sendable (Settings, SearchProblem) throws(PluginError) -> any Searcher

  init(
    _ name: String,
    doc: String,
    options: [ParameterSpec] = [],
    make: @escaping @Sendable (Settings, SearchProblem) throws(PluginError) -> any Searcher
  ) {
    self.name = name
    self.doc = doc
    self.options = options
    self.make = make
  }

  /// The searchers that there are.
  package static let all: [SearcherKind] = [.annealing, .evolution, .random]

  /// A searcher that knows nothing yet.
  ///
  /// - Throws: `PluginError` for options that were not checked.
  package func searcher(
    _ options: Settings,
    _ problem: SearchProblem
  ) throws(PluginError) -> any Searcher {
    try make(options, problem)
  }
}
