import Glibc

/// Sums over the first bins of a histogram, from which each divergence costs one logarithm a group.
struct DivergenceTable {
  private let counts: [Int]
  /// Values in the first i bins.
  private var sums = [0]
  /// Bins among the first i that are not empty.
  private var filled = [0]
  /// Σ h · ln h over the first i bins.
  private var entropies = [0.0]

  init(_ counts: [Int]) {
    self.counts = counts
    for count in counts {
      sums.append(sums[sums.count - 1] + count)
      filled.append(filled[filled.count - 1] + (count > 0 ? 1 : 0))
      let h = Double(count)
      entropies.append(entropies[entropies.count - 1] + (count > 0 ? h * log(h) : 0))
    }
  }

  /// KL(P‖Q) with the first `bins` bins kept; nil where the last of those is empty.
  func divergence(keeping bins: Int, groups: Int) -> Double? {
    guard bins > 0, counts[bins - 1] > 0 else { return nil }
    let total = Double(sums[counts.count])
    let kept = Double(sums[bins])
    let last = Double(counts[bins - 1])
    let tail = total - kept
    // Σ P ln P: the last bin has the tail on top.
    let own = entropies[bins] - last * log(last) + (last + tail) * log(last + tail)
    let size = max(1, bins / groups)
    let count = min(groups, bins)
    var crossed = 0.0
    for group in 0..<count {
      let start = group * size
      let end = group == count - 1 ? bins : start + size
      let sum = Double(sums[end] - sums[start])
      guard sum > 0 else { continue }
      let spread = log(sum / Double(filled[end] - filled[start]))
      crossed += (end == bins ? sum + tail : sum) * spread
    }
    // Both are counts: their sums, total and kept, make them shares.
    return (own - crossed) / total + log(kept) - log(total)
  }
}
