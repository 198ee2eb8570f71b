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

extension JSONValue {
  /// The value of an object's key; nil where there is none.
  package subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  /// A whole number, also one written with a fraction of zero.
  package var whole: Int? {
    switch self {
    case .int(let value): value
    case .double(let value): Int(exactly: value)
    default: nil
    }
  }

  /// Any number.
  package var number: Double? {
    switch self {
    case .int(let value): Double(value)
    case .double(let value): value
    case .digits(let digits): Double(digits).flatMap { $0.isFinite ? $0 : nil }
    default: nil
    }
  }

  /// A text.
  package var string: String? { if case .string(let text) = self { text } else { nil } }

  /// True or false.
  package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

  /// The values of a list.
  package var items: [JSONValue]? { if case .array(let items) = self { items } else { nil } }

  /// The members of an object.
  package var members: [Member]? { if case .object(let members) = self { members } else { nil } }
}
