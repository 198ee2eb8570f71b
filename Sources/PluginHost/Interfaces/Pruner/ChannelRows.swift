import PluginKit

/// A weight with the group's channels as its first axis, dense: row c holds what channel c owns.
struct ChannelRows {
  /// Channels first.
  let shape: [Int]
  let channels: Int
  let rowCount: Int
  private let view: WeightView

  /// Reads a member; copies only where the channels are not already the whole first axis.
  init(_ view: WeightView, _ member: PruningMember) {
    let axis = member.axis
    channels = member.count
    let isWhole =
      axis == 0 && member.at == 0 && member.block == 1 && view.shape.first == member.count
    if isWhole || !view.shape.indices.contains(axis) {
      shape = view.shape
      rowCount = view.shape.dropFirst().reduce(1, *)
      self.view = view
      return
    }
    var rest = view.shape
    rest.remove(at: axis)
    if member.block > 1 { rest.insert(member.block, at: 0) }
    shape = [member.count] + rest
    rowCount = rest.reduce(1, *)
    let inner = view.shape[(axis + 1)...].reduce(1, *)
    let outer = view.shape[..<axis].reduce(1, *)
    let extent = view.shape[axis]
    var values: [Float] = []
    values.reserveCapacity(member.count * rowCount)
    view.withValues { all in
      for channel in 0..<member.count {
        let first = member.at + channel * member.block
        for slice in first..<min(first + member.block, extent) {
          for block in 0..<outer {
            let start = (block * extent + slice) * inner
            for offset in start..<start + inner { values.append(all[offset]) }
          }
        }
      }
    }
    self.view = WeightView(values, shape: shape)
  }

  /// The first value; valid as long as the arena.
  @unsafe func base(in arena: CArena) -> UnsafePointer<Float>? {
    unsafe view.keepAlive(in: arena)
  }
}
