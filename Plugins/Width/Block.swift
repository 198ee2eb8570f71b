import PluginKit

/// Channel groups that get one width together.
struct Block: Sendable, Hashable {
  /// What the dimension is called.
  let name: String
  /// The groups, in the order of the network.
  var groups: [PruningGroup]

  /// The multiply-adds that its groups have part in.
  var macs: Int { groups.reduce(0) { $0 + $1.macs } }
}

/// How groups are tied into blocks.
enum Blocks: String, ParameterChoice {
  /// Each group by itself.
  case group
  /// Groups whose names begin alike.
  case block
  /// Groups whose feature maps have one size.
  case stage
  /// All groups.
  case all

  /// The blocks of some groups, in the order of their first groups.
  func blocks(of groups: [PruningGroup]) -> [Block] {
    let names: [String]
    switch self {
    case .group: names = groups.map(\.name)
    case .block: names = BlockNames.names(of: groups.map(\.name))
    case .stage: names = groups.map { $0.stride.map { "stride \($0)" } ?? "no stride" }
    case .all: names = groups.map { _ in "all" }
    }
    var blocks: [Block] = []
    var places: [String: Int] = [:]
    for (group, name) in zip(groups, names) {
      if let place = places[name] {
        blocks[place].groups.append(group)
      } else {
        places[name] = blocks.count
        blocks.append(Block(name: name, groups: [group]))
      }
    }
    return blocks
  }
}

/// The blocks that names tell: `model.4.m.0.cv1.conv.weight` and `model.4.m.0.cv2.conv.weight` are of `model.4.m.0`.
///
/// A name has parts, separated by `.`, `/`, `_` or `:`. Its block is its longest beginning that ends with a part which holds a
/// digit, and with which other names begin too, but not all of them. A name without such a beginning is a block by itself.
enum BlockNames {
  /// The block of each name.
  static func names(of names: [String]) -> [String] {
    var sharing: [Substring: Int] = [:]
    let candidates = names.map { beginnings(of: $0) }
    for each in candidates {
      for beginning in each { sharing[beginning, default: 0] += 1 }
    }
    return zip(names, candidates).map { name, beginnings in
      let shared = beginnings.last { beginning in
        let count = sharing[beginning] ?? 0
        return count > 1 && count < names.count
      }
      return shared.map(String.init) ?? name
    }
  }

  /// The beginnings of a name that end with a part which holds a digit, the shortest first; not the whole name.
  private static func beginnings(of name: String) -> [Substring] {
    var found: [Substring] = []
    var hasDigit = false
    for index in name.indices {
      let character = name[index]
      if "./_:".contains(character) {
        if hasDigit { found.append(name[..<index]) }
        hasDigit = false
      } else if character.isNumber {
        hasDigit = true
      }
    }
    return found
  }
}
