/// Reads one YAML document through libyaml into values that know their place.
///
/// Aliases are followed; the number of values that they unfold to is bounded, and so are depth and length.
package struct YAMLReader {
  /// What a document may hold at most.
  package struct Limits: Sendable {
    package var bytes = 4 << 20
    package var depth = 64
    package var values = 100_000

    package init() {}
  }

  /// A value that has a name, and how much an alias to it adds.
  private struct Anchored {
    let node: YAMLNode
    let values: Int
    let height: Int
  }

  private let events: YAMLEvents
  private let limits: Limits
  private var anchors: [String: Anchored] = [:]
  private var open: Set<String> = []
  private var values = 0
  /// The deepest level reached since it was last set.
  private var deepest = 0

  private init(_ events: YAMLEvents, limits: Limits) {
    self.events = events
    self.limits = limits
  }

  /// The one document in `text`.
  ///
  /// - Throws: ``YAMLError`` with the place.
  package static func read(
    _ text: String,
    limits: Limits = Limits()
  ) throws(YAMLError) -> YAMLNode {
    guard text.utf8.count <= limits.bytes else {
      throw .tooLong(bytes: text.utf8.count, limit: limits.bytes)
    }
    var reader = YAMLReader(try YAMLEvents(Array(text.utf8)), limits: limits)
    return try reader.document()
  }

  private mutating func document() throws(YAMLError) -> YAMLNode {
    var root: YAMLNode?
    while true {
      let event = try events.next()
      switch event.kind {
      case .streamStart, .documentEnd: continue
      case .documentStart:
        guard root == nil else { throw .severalDocuments(at: event.mark) }
        root = try node(try events.next(), depth: 0)
      case .streamEnd:
        guard let root else { throw .empty }
        return root
      default: throw .syntax("unexpected event", at: event.mark)
      }
    }
  }

  private mutating func node(_ event: YAMLEvents.Event, depth: Int) throws(YAMLError) -> YAMLNode {
    guard depth <= limits.depth else { throw .tooDeep(limit: limits.depth, at: event.mark) }
    if case .alias(let name) = event.kind { return try alias(name, depth: depth, at: event.mark) }
    if let anchor = event.anchor { open.insert(anchor) }
    let (before, deepestBefore) = (values, deepest)
    deepest = depth
    try count(1, at: event.mark)
    let content: YAMLNode.Content =
      switch event.kind {
      case .scalar(let text, let isPlain): .scalar(text, isPlain: isPlain)
      case .sequenceStart: .sequence(try sequence(depth: depth + 1))
      case .mappingStart: .mapping(try mapping(depth: depth + 1))
      default: throw .syntax("unexpected event", at: event.mark)
      }
    let node = YAMLNode(content, at: event.mark)
    if let anchor = event.anchor {
      open.remove(anchor)
      anchors[anchor] = Anchored(node: node, values: values - before, height: deepest - depth)
    }
    deepest = max(deepest, deepestBefore)
    return node
  }

  private mutating func alias(
    _ name: String,
    depth: Int,
    at mark: YAMLMark
  ) throws(YAMLError) -> YAMLNode {
    guard !open.contains(name) else { throw .recursiveAlias(name, at: mark) }
    guard let anchored = anchors[name] else { throw .unknownAnchor(name, at: mark) }
    guard depth + anchored.height <= limits.depth else {
      throw .tooDeep(limit: limits.depth, at: mark)
    }
    deepest = max(deepest, depth + anchored.height)
    try count(anchored.values, at: mark)
    return YAMLNode(anchored.node.content, at: mark)
  }

  private mutating func sequence(depth: Int) throws(YAMLError) -> [YAMLNode] {
    var items: [YAMLNode] = []
    while true {
      let event = try events.next()
      if event.kind == .sequenceEnd { return items }
      items.append(try node(event, depth: depth))
    }
  }

  private mutating func mapping(depth: Int) throws(YAMLError) -> [YAMLNode.Entry] {
    var entries: [YAMLNode.Entry] = []
    var marks: [String: YAMLMark] = [:]
    while true {
      let event = try events.next()
      if event.kind == .mappingEnd { return entries }
      guard let key = try node(event, depth: depth).text else { throw .keyNotText(at: event.mark) }
      if let first = marks.updateValue(event.mark, forKey: key) {
        throw .duplicateKey(key, first: first, second: event.mark)
      }
      let value = try node(try events.next(), depth: depth)
      entries.append(YAMLNode.Entry(key: key, keyMark: event.mark, value: value))
    }
  }

  private mutating func count(_ more: Int, at mark: YAMLMark) throws(YAMLError) {
    values += more
    guard values <= limits.values else { throw .tooManyValues(limit: limits.values, at: mark) }
  }
}
