/// Multiply-adds of an analysis beside what they could be.
package struct CutWork: Sendable, Hashable, Codable {
  /// Images that were run through the network for at least one cut.
  package var images = 0
  /// What was executed.
  package var executed = 0
  /// What evaluating every cut by itself, on the uncut network, would execute: a whole run each, the baseline too.
  package var naive = 0
  /// The least that exact sharing needs: the network once, what each cut changes, and nested first layers once.
  package var limit = 0

  package init() {}
}
