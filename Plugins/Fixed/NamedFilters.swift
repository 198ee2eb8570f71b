import PluginKit

/// The benchmark's importance: the L1 norm of the filters of the weight that a list names, and of no other.
///
/// Channels of the group that this weight does not make are never the least (facts of the benchmark: a filter's
/// norm over its input channels and its window, summed in Double, before anything is cut).
enum NamedFilters {
  /// One number a channel of `group`, from the producer that is among `names`; the first one where none is.
  static func scores(
    of group: PruningGroup,
    named names: some Sequence<String>,
    in model: any PruningContext
  ) throws(PluginError) -> [Double] {
    let names = Set(names)
    let producers = group.producers
    guard let named = producers.first(where: { names.contains($0.name) }) ?? producers.first else {
      throw PluginError(.notFound, "group \"\(group.name)\" has no weight that makes its channels")
    }
    if producers.count == 1 {
      // The host's norm puts the channels in the same order, and shares its work between strategies.
      return try model.importance(of: group).map { min($0, .greatestFiniteMagnitude) }
    }
    var scores = [Double](repeating: .greatestFiniteMagnitude, count: group.channels)
    try model.weight(named.index, of: group).forEachSlice(along: named.axis) { slice, values in
      let channel = named.first + (slice - named.at) / max(named.block, 1)
      guard slice >= named.at, named.first..<named.first + named.count ~= channel,
        scores.indices.contains(channel)
      else { return }
      var sum = 0.0
      for index in values.indices { sum += Double(abs(values[index])) }
      scores[channel] = scores[channel] == .greatestFiniteMagnitude ? sum : scores[channel] + sum
    }
    return scores
  }
}
