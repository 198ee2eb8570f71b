import Dispatch
package import Graphs
package import Operators

/// How much each channel of a group matters where no strategy says so: the L1 norm of the filters that make it,
/// summed over the layers that do, each divided by its mean.
package enum ChannelImportance {
  /// The scores of several groups, one number a position; infinite where no filter makes the position.
  ///
  /// - Parameters:
  ///   - groups: the groups to score.
  ///   - graph: the graph before anything is cut.
  /// - Returns: the scores, a row a group.
  package static func scores(
    of groups: [ChannelGroup],
    in graph: Graph
  ) -> [[Double]] {
    let jobs = groups.map { Array($0.producers) }
    let members = jobs.flatMap(\.self)
    // What a layer multiplies by counts, not the whole numbers that it is stored as.
    let constants = RestoredConstants(graph)
    let norms = concurrently(members.count) { index -> [Double] in
      let member = members[index]
      return constants[member.constant].flatMap { FilterNorms.l1($0, axis: member.axis) } ?? []
    }
    var next = norms.makeIterator()
    return zip(groups, jobs).map { group, members in
      var total = [Double](repeating: 0, count: group.channels)
      var seen = [Bool](repeating: false, count: group.channels)
      for member in members {
        guard let norms = next.next(), norms.count == member.positions.count else { continue }
        let mean = norms.reduce(0, +) / Double(max(norms.count, 1))
        let scale = mean == 0 ? 1 : 1 / mean
        for (index, position) in member.positions.enumerated() where position >= 0 {
          total[Int(position)] += norms[index] * scale
          seen[Int(position)] = true
        }
      }
      return total.indices.map { seen[$0] ? total[$0] : .infinity }
    }
  }

  /// Computes `count` values on all cores.
  private static func concurrently<Value: Sendable>(
    _ count: Int,
    _ body: @Sendable (Int) -> Value
  ) -> [Value] {
    unsafe [Value](unsafeUninitializedCapacity: count) { buffer, initialized in
      // Each iteration writes its own element only.
      nonisolated(unsafe) let start = buffer.baseAddress
      DispatchQueue.concurrentPerform(iterations: count) { index in
        unsafe start?.advanced(by: index).initialize(to: body(index))
      }
      initialized = count
    }
  }
}
