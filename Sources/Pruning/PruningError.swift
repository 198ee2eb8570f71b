/// Why a plan cannot be applied.
///
/// The graph is as it was.
package enum PruningError: Error, Sendable, Hashable {
  /// No group has the name.
  case unknownGroup(String, nearest: String?)
  /// Nothing of the group can be cut.
  case closedGroup(String, reason: String)
  /// A channel of a list is one that is never cut.
  case closedChannel(Int, group: String, reason: String)
  /// A channel of a list does not exist.
  case channelOutOfRange(Int, group: String, channels: Int)
  /// A channel of a list stands there twice.
  case repeatedChannel(Int, group: String)
  /// A ratio outside `0..<1`.
  case badRatio(Double, group: String)
  /// The cut would leave a layer, or a piece of a split, without channels.
  case nothingLeft(String, channels: Int)
  /// Two names of the plan mean one group.
  case sameGroup(String, String)
  /// A plugin's scores do not fit the group.
  case badScores(String, channels: Int, found: Int)
}

extension PruningError: CustomStringConvertible {
  /// What is wrong with the plan, and the cure.
  package var description: String {
    switch self {
    case .unknownGroup(let name, let nearest):
      "the plan cuts '\(name)', but no layer of the model has that name"
        + (nearest.map { "; the nearest is '\($0)'" } ?? "; `inspect` lists them")
    case .closedGroup(let name, let reason):
      "'\(name)' cannot be cut: \(reason); take it out of the plan"
    case .closedChannel(let channel, let group, let reason):
      "channel \(channel) of '\(group)' cannot be cut: \(reason)"
    case .channelOutOfRange(let channel, let group, let channels):
      "the plan cuts channel \(channel) of '\(group)', which has \(channels): 0 to \(channels - 1)"
    case .repeatedChannel(let channel, let group):
      "the plan cuts channel \(channel) of '\(group)' twice"
    case .badRatio(let ratio, let group):
      "the plan cuts \(ratio) of '\(group)'; a ratio lies in 0..<1"
    case .nothingLeft(let group, let channels):
      "the plan leaves some layer that the \(channels) channels of '\(group)' lie in without any; "
        + "keep at least one there"
    case .sameGroup(let first, let second):
      "the plan cuts '\(first)' and '\(second)', which are cut together; name one of them"
    case .badScores(let group, let channels, let found):
      "'\(group)' has \(channels) channels, but got \(found) finite scores"
    }
  }
}
