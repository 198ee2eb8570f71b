/// Values in order, each found by its name.
///
/// Short tables, as most nodes' attributes are, are searched one by one; longer ones through an index.
/// Everything can be inlined, so that the modules above work on code made for their value types.
public struct NamedTable<Value: Sendable & Hashable>: Sendable {
  @usableFromInline var entries: [Entry] = []
  @usableFromInline var positions: [String: Int] = [:]

  @usableFromInline struct Entry: Sendable, Hashable {
    @usableFromInline let name: String
    @usableFromInline var value: Value

    @inlinable init(name: String, value: Value) {
      self.name = name
      self.value = value
    }
  }

  @inlinable static var indexedCount: Int { 8 }

  /// An empty table.
  @inlinable public init() {}

  /// The names, in order of insertion.
  @inlinable public var names: [String] { entries.map(\.name) }
  /// The number of entries.
  @inlinable public var count: Int { entries.count }
  /// True when there are none.
  @inlinable public var isEmpty: Bool { entries.isEmpty }

  /// The value of a name; setting nil removes the entry (O(n)), setting a new name appends it.
  public subscript(name: String) -> Value? {
    @inlinable get { position(of: name).map { entries[$0].value } }
    @inlinable set {
      guard let position = position(of: name) else {
        if let newValue { append(Entry(name: name, value: newValue)) }
        return
      }
      if let newValue {
        entries[position].value = newValue
      } else {
        entries.remove(at: position)
        index()
      }
    }
  }

  /// Appends a value under a new name; false, and nothing done, where the name is taken.
  @inlinable public mutating func insert(_ value: Value, named name: String) -> Bool {
    guard position(of: name) == nil else { return false }
    append(Entry(name: name, value: value))
    return true
  }

  /// Keeps only the entries that satisfy `isIncluded`. - Complexity: O(n)
  @inlinable public mutating func filter(_ isIncluded: (String, Value) -> Bool) {
    entries = entries.filter { isIncluded($0.name, $0.value) }
    index()
  }

  @inlinable func position(of name: String) -> Int? {
    if entries.count > Self.indexedCount { return positions[name] }
    return entries.firstIndex { $0.name == name }
  }

  @inlinable mutating func append(_ entry: Entry) {
    entries.append(entry)
    if entries.count == Self.indexedCount + 1 {
      index()
    } else if entries.count > Self.indexedCount {
      positions[entry.name] = entries.count - 1
    }
  }

  @inlinable mutating func index() {
    positions.removeAll(keepingCapacity: true)
    guard entries.count > Self.indexedCount else { return }
    for (position, entry) in entries.enumerated() { positions[entry.name] = position }
  }
}

extension NamedTable: Hashable {
  /// True when both hold the same values under the same names in the same order.
  @inlinable public static func == (left: NamedTable, right: NamedTable) -> Bool {
    left.entries == right.entries
  }

  /// Feeds the names and values in order.
  @inlinable public func hash(into hasher: inout Hasher) { hasher.combine(entries) }
}

extension NamedTable: Sequence {
  /// Visits the entries of a table in order.
  public struct Iterator: IteratorProtocol, Sendable {
    @usableFromInline let entries: [Entry]
    @usableFromInline var position = 0

    @inlinable init(entries: [Entry]) { self.entries = entries }

    /// The next entry, or nil after the last.
    @inlinable public mutating func next() -> (name: String, value: Value)? {
      guard position < entries.count else { return nil }
      defer { position += 1 }
      return (entries[position].name, entries[position].value)
    }
  }

  /// Visits the entries in order.
  @inlinable public func makeIterator() -> Iterator { Iterator(entries: entries) }
  /// The number of entries.
  @inlinable public var underestimatedCount: Int { entries.count }
}

extension NamedTable: ExpressibleByDictionaryLiteral {
  /// A table with the entries of the literal, in order; a repeated name keeps its last value.
  @inlinable public init(dictionaryLiteral elements: (String, Value)...) {
    for (name, value) in elements { self[name] = value }
  }
}
