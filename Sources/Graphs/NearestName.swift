/// The known name that is closest to what was written, whatever its case; `nil` where none is near.
package func nearest(to name: String, in known: some Sequence<String>) -> String? {
  let limit = max(2, name.unicodeScalars.count / 3)
  var best: (name: String, distance: Int)?
  for candidate in known {
    let distance = editDistance(name.lowercased(), candidate.lowercased())
    if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
  }
  return best?.name
}

/// The number of insertions, removals, replacements and swaps of neighbours between two texts.
private func editDistance(_ a: String, _ b: String) -> Int {
  let a = Array(a.unicodeScalars.prefix(200))
  let b = Array(b.unicodeScalars.prefix(200))
  var before: [Int] = []
  var previous = Array(0...b.count)
  for i in a.indices {
    var row = [i + 1]
    for j in b.indices {
      var distance = min(previous[j + 1] + 1, row[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
        distance = min(distance, before[j - 1] + 1)
      }
      row.append(distance)
    }
    before = previous
    previous = row
  }
  return previous[b.count]
}
