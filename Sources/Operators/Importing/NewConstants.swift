import Graphs

/// Constants that a rewriter of nodes adds to a graph, under names that nothing else has.
struct NewConstants {
  /// The constants.
  private(set) var added: NamedTable<Constant> = [:]
  /// All names that were handed out.
  private(set) var names: Set<String>
  private let taken: (String) -> Bool

  /// Nothing added yet; names that are taken, or were handed out around it, are not handed out again.
  init(taken: @escaping (String) -> Bool, beside names: Set<String> = []) {
    self.taken = taken
    self.names = names
  }

  /// Adds a constant under a name made of `hint`, and returns the name.
  mutating func add(_ constant: Constant, hint: String) -> String {
    let name = fresh(hint)
    added[name] = constant
    return name
  }

  /// A value's name that nothing uses, made of `hint`.
  mutating func fresh(_ hint: String) -> String {
    var name = hint
    var number = 1
    while taken(name) || !names.insert(name).inserted {
      name = "\(hint)_\(number)"
      number += 1
    }
    return name
  }

  /// Takes note of names that were handed out inside.
  mutating func reserve(_ names: Set<String>) { self.names.formUnion(names) }
}
