import Dispatch
package import Graphs
package import Operators

/// How much each channel of a group matters, by the L1 norm of the filters that make it.
package enum ChannelImportance: Sendable, Hashable {
  /// Summed over the layers that make the channels, each divided by its mean.
  case allProducers
  /// By the filters of the weight that a plan names alone, as the benchmark's strategies have it.
  case namedProducer
}

extension ChannelImportance {
  /// The scores of several groups, one number a position; infinite where no filter makes the position.
  ///
  /// `Parameters`:
  /// `groups`: each with the name by which a plan calls it.
  /// `graph`: the graph before anything is cut.
  package func scores(
    of groups: [(name: String, group: ChannelGroup)],
    in graph: Graph
  ) -> [[Double]] {
    let jobs = groups.map { job(of: $0.group, called: $0.name) }
    let weights = jobs.flatMap { members in members.map { ($0, graph.constants[$0.constant]) } }
    let norms = Self.concurrently(weights.count) { index -> [Double] in
      let (member, weight) = weights[index]
      return weight.flatMap { FilterNorms.l1($0, axis: member.axis) } ?? []
    }
    var next = norms.makeIterator()
    return zip(groups, jobs).map { entry, members in
      var total = [Double](repeating: 0, count: entry.group.channels)
      var seen = [Bool](repeating: false, count: entry.group.channels)
      for member in members {
        guard let norms = next.next(), norms.count == member.positions.count else { continue }
        let mean = norms.reduce(0, +) / Double(max(norms.count, 1))
        let scale = self == .namedProducer || mean == 0 ? 1 : 1 / mean
        for (index, position) in member.positions.enumerated() where position >= 0 {
          total[Int(position)] += norms[index] * scale
          seen[Int(position)] = true
        }
      }
      return total.indices.map { seen[$0] ? total[$0] : .infinity }
    }
  }

  private func job(of group: ChannelGroup, called name: String) -> [ChannelGroup.Member] {
    let producers = Array(group.producers)
    guard self == .namedProducer else { return producers }
    let named = producers.filter { $0.constant == name }
    return named.isEmpty ? Array(producers.prefix(1)) : named
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
