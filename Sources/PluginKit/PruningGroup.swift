/// Channels that can only be cut together, with every weight that such a cut makes smaller.
public struct PruningGroup: Sendable, Hashable, Codable {
  /// Where in the network a group lies.
  public struct Roles: OptionSet, Sendable, Hashable, Codable {
    /// The bits, as in `esp_group.roles`.
    public let rawValue: UInt32
    /// Wraps the bits.
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    /// Behind the last feature map that several branches share.
    public static let head = Roles(rawValue: 1)
    /// The result of a consumer is an output of the model.
    public static let feedsOutput = Roles(rawValue: 2)
    /// A depthwise convolution is among its members.
    public static let depthwise = Roles(rawValue: 4)
    /// Several producers are added up, so their cuts coincide.
    public static let residual = Roles(rawValue: 8)
  }

  /// The position in ``PruningContext/groups``.
  public var index: Int
  /// The name of the weight that names the group; unique in the model.
  public var name: String
  /// The ONNX operator of the node that holds that weight.
  public var op: String
  /// How many channels there are to choose from.
  public var channels: Int
  /// Where in the network it lies.
  public var roles: Roles
  /// Input pixels per pixel of its feature map; `nil` where not known.
  public var stride: Int?
  /// Multiply-adds of all members at the run's input size, uncut.
  public var macs: Int
  /// Parameters of all members, uncut.
  public var parameters: Int
  /// The weights that a cut makes smaller; the first holds the group's name.
  public var members: [PruningMember]

  /// Describes a group.
  public init(
    index: Int,
    name: String,
    op: String,
    channels: Int,
    roles: Roles = [],
    stride: Int? = nil,
    macs: Int = 0,
    parameters: Int = 0,
    members: [PruningMember]
  ) {
    self.index = index
    self.name = name
    self.op = op
    self.channels = channels
    self.roles = roles
    self.stride = stride
    self.macs = macs
    self.parameters = parameters
    self.members = members
  }

  /// The members that lose filters.
  public var producers: [PruningMember] { members.filter { $0.kind == .producer } }
  /// The members that lose input slices.
  public var consumers: [PruningMember] { members.filter { $0.kind == .consumer } }
}

/// One weight of a channel group.
///
/// Group channels `first ..< first + count` are its slices
/// `at + (channel - first) * block ..< at + (channel - first + 1) * block` along `axis`.
public struct PruningMember: Sendable, Hashable, Codable {
  /// How a cut shows on the weight.
  public enum Kind: UInt32, Sendable, Hashable, Codable {
    /// It loses filters.
    case producer = 1
    /// It loses input slices.
    case consumer = 2
    /// It loses one entry a channel: batch norm, bias, depthwise filter.
    case perChannel = 3
  }

  /// The position in ``PruningGroup/members``.
  public var index: Int
  /// The name of the weight.
  public var name: String
  /// The ONNX operator of the node that reads it.
  public var op: String
  /// How a cut shows on it.
  public var kind: Kind
  /// The axis that gets shorter.
  public var axis: Int
  /// The number of dimensions.
  public var rank: Int
  /// The first channel of the group that it holds.
  public var first: Int
  /// How many channels of the group it holds.
  public var count: Int
  /// The slice of the first channel.
  public var at: Int
  /// The slices of one channel.
  public var block: Int

  /// Describes a member.
  public init(
    index: Int,
    name: String,
    op: String,
    kind: Kind,
    axis: Int,
    rank: Int,
    first: Int = 0,
    count: Int,
    at: Int = 0,
    block: Int = 1
  ) {
    self.index = index
    self.name = name
    self.op = op
    self.kind = kind
    self.axis = axis
    self.rank = rank
    self.first = first
    self.count = count
    self.at = at
    self.block = block
  }
}
