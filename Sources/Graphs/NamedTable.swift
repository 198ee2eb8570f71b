/// Values in order, each found by its name in constant time.
public struct NamedTable<Value: Sendable & Hashable>: Sendable, Hashable {
  private var order: [String] = []
  private var table: [String: Value] = [:]

  /// An empty table.
  public init() {}

  /// The names, in order of insertion.
  public var names: [String] { order }
  /// The number of entries.
  public var count: Int { order.count }
  /// True when there are none.
  public var isEmpty: Bool { order.isEmpty }

  /// The value of a name; setting nil removes the entry (O(n)), setting a new name appends it.
  public subscript(name: String) -> Value? {
    get { table[name] }
    set {
      if let newValue {
        if table.updateValue(newValue, forKey: name) == nil { order.append(name) }
      } else if table.removeValue(forKey: name) != nil {
        order.removeAll { $0 == name }
      }
    }
  }

  /// Keeps only the entries that satisfy `isIncluded`. - Complexity: O(n)
  public mutating func filter(_ isIncluded: (String, Value) -> Bool) {
    order = order.filter { name in
      guard let value = table[name], !isIncluded(name, value) else { return true }
      table[name] = nil
      return false
    }
  }
}

extension NamedTable: Sequence {
  /// Visits the entries in order.
  public func makeIterator() -> AnyIterator<(name: String, value: Value)> {
    var names = order.makeIterator()
    let table = table
    return AnyIterator {
      guard let name = names.next(), let value = table[name] else { return nil }
      return (name, value)
    }
  }
}

extension NamedTable: ExpressibleByDictionaryLiteral {
  /// A table with the entries of the literal, in order; a repeated name keeps its last value.
  public init(dictionaryLiteral elements: (String, Value)...) {
    for (name, value) in elements { self[name] = value }
  }
}
