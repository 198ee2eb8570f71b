/// One axis of a constant that a cut makes shorter.
package struct ChannelUse: Sendable {
  /// What the axis is to the channels along it.
  package enum Role: Sendable, Hashable {
    /// Its filters make the channels.
    case producer
    /// Its input slices read the channels.
    case consumer
    /// It holds one entry a channel: batch norm, bias, a depthwise filter.
    case perChannel
  }

  /// The constant.
  package let constant: String
  /// The axis of the constant.
  package let axis: Int
  /// A slot an index along the axis; 0 is never cut.
  package let slots: ContiguousArray<Int32>
  /// The nodes that read the constant so, as positions in the graph, and what it is to each.
  package var readers: [(node: Int, role: Role)]

  /// What the axis is to the first node that reads it.
  package var role: Role { readers.first?.role ?? .perChannel }
}
