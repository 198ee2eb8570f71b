/// Finds the known name that a mistyped one most likely means.
package enum NearestName {
  /// The nearest of `known`, unless all are so far that a hint would mislead.
  package static func of(_ name: String, in known: some Sequence<String>) -> String? {
    let limit = max(2, name.count / 3)
    let ranked = known.map { (name: $0, distance: distance(name.lowercased(), $0.lowercased())) }
    guard let best = ranked.min(by: { ($0.distance, $0.name) < ($1.distance, $1.name) }) else {
      return nil
    }
    return best.distance <= limit ? best.name : nil
  }

  /// The least number of insertions, deletions, replacements and swaps of neighbours between two texts.
  ///
  /// - Complexity: O(a·b)
  package static func distance(_ a: String, _ b: String) -> Int {
    let a = Array(a.unicodeScalars)
    let b = Array(b.unicodeScalars)
    guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
    var before: [Int] = []
    var last = Array(0...b.count)
    for i in 1...a.count {
      var row = [i]
      for j in 1...b.count {
        let same = a[i - 1] == b[j - 1]
        var best = min(row[j - 1] + 1, last[j] + 1, last[j - 1] + (same ? 0 : 1))
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
          best = min(best, before[j - 2] + 1)
        }
        row.append(best)
      }
      before = last
      last = row
    }
    return last[b.count]
  }
}
