package import Evaluation
package import PluginHost

/// What a recipe is carried out with, beside what it says itself.
package struct RunEnvironment {
  /// The plugins that may be used.
  package var registry: PluginRegistry
  /// The folder that relative paths of the recipe start from.
  package var base = "."
  /// Whether the checkpoints of the run's folder are taken up.
  package var isResuming = false
  /// Asked by steps that train between iterations.
  package var stop: StopRequest?
  /// Where units of work are carried out, such as the trials of a search.
  package var workers = Workers.here
  /// Told what happens.
  package var tell: (RunEvent) -> Void = { _ in }

  /// Who carries out units of work.
  package enum Workers: Sendable, Hashable {
    /// This process, one after the other.
    case here
    /// So many processes of this machine: a program and its arguments, to which the unit's file is added.
    case local(Int, command: [String])
  }

  /// An environment that tells nobody.
  package init(registry: PluginRegistry) { self.registry = registry }
}

@available(*, unavailable) extension RunEnvironment: Sendable {}
