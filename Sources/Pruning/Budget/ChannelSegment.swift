import Operators

/// Channels of a group that lie in the same places: taking any of them out makes the same axes shorter, by the same number of indices.
///
/// The halves of a split are two segments of one group where they are read apart. What a layer costs depends on how many channels of
/// each segment stay, and on nothing else.
package struct ChannelSegment: Sendable {
  /// The group, in the order of those that are offered.
  package let group: Int
  /// The group's positions that it has, rising.
  package let positions: [Int]
  /// Positions that may go, those that matter least first.
  package let removable: [Int]

  /// The channels that may stay: all, or a multiple of `block` that leaves at least `least` and one block.
  ///
  /// - Returns: rising numbers, the last of them all channels.
  package func widths(block: Int, least: Double) -> [Int] {
    let all = positions.count
    let needed = max(all - removable.count, Int((least * Double(all)).rounded(.up)), 1)
    var widths: [Int] = []
    var width = (needed + block - 1) / block * block
    while width < all {
      widths.append(width)
      width += block
    }
    return widths + [all]
  }
}

extension ChannelSegment {
  /// Where a channel lies: in which axes, how often in each, and in which runs that must not become empty.
  private struct Signature: Hashable {
    var uses: [Int: Int] = [:]
    var pieces: [Int] = []
  }

  /// The segments of a group.
  ///
  /// - Parameters:
  ///   - group: the group.
  ///   - index: its place among those that are offered.
  ///   - scores: how much each channel matters; one that is infinite stays.
  ///   - pieces: the runs that a class lies in.
  /// - Returns: the segments, by their first channels.
  static func segments(
    of group: ChannelGroup,
    index: Int,
    scores: [Double],
    pieces: (Int32) -> [Int]
  ) -> [ChannelSegment] {
    var signatures = group.classes.map { Signature(pieces: pieces($0)) }
    for (number, member) in group.members.enumerated() {
      for position in member.positions where position >= 0 {
        signatures[Int(position)].uses[number, default: 0] += 1
      }
    }
    var order: [Signature] = []
    var held: [Signature: [Int]] = [:]
    for (position, signature) in signatures.enumerated() {
      if held[signature] == nil { order.append(signature) }
      held[signature, default: []].append(position)
    }
    return order.map { signature in
      let positions = held[signature] ?? []
      let open = positions.filter { group.closings[$0] == nil && scores[$0] < .infinity }
      return ChannelSegment(
        group: index,
        positions: positions,
        removable: open.sorted { (scores[$0], $0) < (scores[$1], $1) }
      )
    }
  }
}
