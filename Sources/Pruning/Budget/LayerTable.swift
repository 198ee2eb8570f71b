/// What a layer costs by its width: measured at a few lengths of two axes, interpolated between them, never falling where one gets longer.
package struct LayerTable: Sendable, Hashable {
  /// The lengths of the first axis that were measured, rising.
  package let first: [Int]
  /// Those of the second.
  package let second: [Int]
  /// The costs, a row a length of the first axis.
  package let costs: [[Double]]

  /// Evens out what was measured: each cost becomes the middle between the greatest of all narrower ones and the least of all wider ones,
  /// which never falls, and is the measured cost itself where that did not fall.
  ///
  /// - Parameters:
  ///   - first: lengths, rising; one at least.
  ///   - second: as `first`.
  ///   - measured: a row a length of the first axis.
  package init(first: [Int], second: [Int], measured: [[Double]]) {
    self.first = first
    self.second = second
    var (rising, falling) = (measured, measured)
    for row in first.indices {
      for column in second.indices {
        if row > 0 { rising[row][column] = max(rising[row][column], rising[row - 1][column]) }
        if column > 0 { rising[row][column] = max(rising[row][column], rising[row][column - 1]) }
      }
    }
    for row in first.indices.reversed() {
      for column in second.indices.reversed() {
        if row + 1 < first.count {
          falling[row][column] = min(falling[row][column], falling[row + 1][column])
        }
        if column + 1 < second.count {
          falling[row][column] = min(falling[row][column], falling[row][column + 1])
        }
      }
    }
    costs = zip(rising, falling).map { zip($0, $1).map { ($0 + $1) / 2 } }
  }

  /// The cost at two lengths; beyond those that were measured that of the nearest.
  package func cost(_ a: Int, _ b: Int) -> Double {
    let (row, down) = Self.place(of: a, in: first)
    let (column, right) = Self.place(of: b, in: second)
    func along(_ row: Int) -> Double {
      guard right > 0 else { return costs[row][column] }
      return costs[row][column] + right * (costs[row][column + 1] - costs[row][column])
    }
    guard down > 0 else { return along(row) }
    return along(row) + down * (along(row + 1) - along(row))
  }

  /// The last length that is not above, and how far the way is to the next.
  private static func place(of length: Int, in lengths: [Int]) -> (Int, Double) {
    guard let next = lengths.firstIndex(where: { $0 > length }) else {
      return (lengths.count - 1, 0)
    }
    guard next > 0 else { return (0, 0) }
    let (low, high) = (lengths[next - 1], lengths[next])
    return (next - 1, Double(length - low) / Double(high - low))
  }

  /// The lengths to measure of an axis that lies between two: quarters of the longer one, whole blocks, and both ends.
  package static func lengths(from least: Int, to most: Int, block: Int) -> [Int] {
    guard least < most else { return [most] }
    let quarters = (1...3).map { (most * $0 / 4 + block - 1) / block * block }
    return Set(quarters.filter { $0 > least && $0 < most } + [least, most]).sorted()
  }
}
