/// How long an axis is, by the channels that segments keep.
package struct Width: Sendable, Hashable {
  /// Its length where nothing is cut.
  package let full: Int
  /// The segments that lie along it, and how many indices a channel of each has.
  package var parts: [Part]

  /// A segment along an axis.
  package struct Part: Sendable, Hashable {
    package let segment: Int
    /// Indices a channel.
    package var count: Int

    package init(segment: Int, count: Int) {
      self.segment = segment
      self.count = count
    }
  }

  package init(full: Int, parts: [Part] = []) {
    self.full = full
    self.parts = parts
  }

  /// The length where `removed[s]` channels of segment s are gone.
  func length(_ removed: [Int]) -> Int {
    parts.reduce(full) { $0 - $1.count * removed[$1.segment] }
  }

  /// The axis so many times over, as in layers of several groups.
  func times(_ factor: Int) -> Width {
    Width(
      full: full * factor,
      parts: parts.map { Part(segment: $0.segment, count: $0.count * factor) }
    )
  }

  /// The axis with one index for every `factor`.
  func divided(by factor: Int) -> Width {
    Width(
      full: full / factor,
      parts: parts.map { Part(segment: $0.segment, count: $0.count / factor) }
    )
  }
}
