/// A JSON value whose objects keep the order of their keys.
package enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case int(Int)
  case double(Double)
  /// A number beyond the others, by its digits.
  case digits(String)
  case string(String)
  case array([JSONValue])
  case object([Member])

  /// One key of an object and its value.
  package struct Member: Sendable, Hashable {
    package let key: String
    package let value: JSONValue

    package init(_ key: String, _ value: JSONValue) {
      self.key = key
      self.value = value
    }
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  package init(stringLiteral value: String) { self = .string(value) }
  package init(integerLiteral value: Int) { self = .int(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(elements.map { Member($0, $1) })
  }

  /// The number, or null.
  package init(_ value: Int?) { self = value.map { .int($0) } ?? .null }
  /// The text, or null.
  package init(_ value: String?) { self = value.map { .string($0) } ?? .null }
  /// The numbers, or null where there are none.
  package init(_ values: [Int]?) { self = values.map { .array($0.map { .int($0) }) } ?? .null }
  /// The texts.
  package init(_ values: [String]) { self = .array(values.map { .string($0) }) }
}
