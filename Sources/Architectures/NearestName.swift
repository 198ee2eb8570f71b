/// The candidate that takes the fewest single-character edits to reach, or nil when even that one is far off.
func nearestName(to name: String, among candidates: [String]) -> String? {
  let best = candidates.map { (name: $0, edits: editDistance($0, name)) }.min {
    $0.edits < $1.edits
  }
  guard let best, best.edits <= max(2, name.count / 2) else { return nil }
  return best.name
}

/// Levenshtein's distance: insertions, deletions and replacements that turn one string into the other.
private func editDistance(_ left: String, _ right: String) -> Int {
  let right = Array(right)
  var row = Array(0...right.count)
  for (i, character) in left.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for j in right.indices {
      let replaced = diagonal + (character == right[j] ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
    }
  }
  return row[right.count]
}
