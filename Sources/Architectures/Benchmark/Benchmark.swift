package import Graphs

/// The pruning table of the compression benchmark, and the ways in which it counts.
///
/// The page measures what was cut, not what is left: flopsCut = 1 - pruned/full of multiply-adds, sizeCut the same of
/// the bytes that a directory of parameter files takes on disk.
package enum Benchmark {
  /// A network before pruning and after.
  package struct Pair<Value: Sendable & Hashable>: Sendable, Hashable {
    package var full: Value
    package var pruned: Value

    package init(full: Value, pruned: Value) {
      self.full = full
      self.pruned = pruned
    }
  }

  /// What a row's networks come to, counted.
  package struct Measurement: Sendable, Hashable {
    package var multiplyAdds: Pair<Int>
    package var values: Pair<Int>
    package var diskBytes: Pair<Int>

    /// The share of multiply-adds cut, in percent.
    package var flopsCut: Double { multiplyAdds.cut }
    /// The share of disk space cut, in percent.
    package var sizeCut: Double { diskBytes.cut }
  }

  /// Counts both networks of a row.
  ///
  /// - Returns: nil where a convolution's output size does not follow from the graph.
  package static func measure(
    full: Graph,
    pruned: Graph,
    convention: FLOPsConvention
  ) -> Measurement? {
    guard let before = multiplyAdds(of: full, in: convention),
      let after = multiplyAdds(of: pruned, in: convention)
    else { return nil }
    return Measurement(
      multiplyAdds: Pair(full: before, pruned: after),
      values: Pair(full: values(of: full), pruned: values(of: pruned)),
      diskBytes: Pair(full: diskBytes(of: full), pruned: diskBytes(of: pruned))
    )
  }
}

extension Benchmark.Pair<Int> {
  /// 100·(1 - pruned/full).
  package var cut: Double { 100 * (1 - Double(pruned) / Double(full)) }
}

extension Benchmark.Pair: CustomStringConvertible {
  package var description: String { "\(full) → \(pruned)" }
}
