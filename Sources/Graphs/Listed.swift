/// A value that is one of a list, which recipes and options call by its name: a task, a data format, a metric.
///
/// A type states its values once, in ``all``; what reads a name, offers the names, or says which there are, asks for that list.
package protocol Listed: Sendable, Hashable, CaseIterable, RawRepresentable, CustomStringConvertible
where RawValue == String, AllCases == [Self] {
  /// Every value, in the order of help; each has a name of its own.
  static var all: [Self] { get }

  /// What recipes and options call it.
  var name: String { get }
}

extension Listed {
  package static var allCases: [Self] { all }

  package init?(rawValue: String) {
    guard let value = Self.all.first(where: { $0.name == rawValue }) else { return nil }
    self = value
  }

  package var rawValue: String { name }
  package var description: String { name }

  package static func == (a: Self, b: Self) -> Bool { a.name == b.name }
  package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

/// Names as one reads them aloud: `a`, `a or b`, `a, b or c`.
package func alternatives(_ names: some Sequence<String>) -> String {
  let names = Array(names)
  guard let last = names.last, names.count > 1 else { return names.first ?? "" }
  return names.dropLast().joined(separator: ", ") + " or " + last
}
