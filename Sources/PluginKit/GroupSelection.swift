import Graphs

/// The channel groups that a strategy works on, as its hyper-parameters `include` and `exclude` name them.
public struct GroupSelection: Sendable, Hashable {
  /// The hyper-parameter that names the groups to take.
  public static let include = Parameter<[String]>(
    "include",
    default: [],
    doc: "Only these groups: whole names, in which * stands for any characters."
  )
  /// The hyper-parameter that names the groups to leave out.
  public static let exclude = Parameter<[String]>(
    "exclude",
    default: [],
    doc: "Not these groups: whole names, in which * stands for any characters."
  )

  private let included: [String]
  private let excluded: [String]

  /// Takes the groups that `included` names, or all where it is empty, but those that `excluded` names.
  public init(including included: [String] = [], excluding excluded: [String] = []) {
    self.included = included
    self.excluded = excluded
  }

  /// Reads ``include`` and ``exclude``.
  ///
  /// - Throws: ``PluginError`` where one of them is not a list of texts.
  public init(settings: Settings) throws(PluginError) {
    self.init(
      including: try settings[Self.include],
      excluding: try settings[Self.exclude]
    )
  }

  /// The groups that are selected, in their order.
  ///
  /// - Throws: ``PluginError`` for a text that matches no group, with the nearest name.
  public func groups(of model: any PruningContext) throws(PluginError) -> [PruningGroup] {
    let groups = try model.groups
    let names = groups.map(\.name)
    let wanted = try Self.selected(by: included, from: names, parameter: "include")
    let unwanted = try Self.selected(by: excluded, from: names, parameter: "exclude")
    return groups.filter { group in
      (included.isEmpty || wanted.contains(group.name)) && !unwanted.contains(group.name)
    }
  }

  /// Those of the names that any text selects; one that selects nothing is a misspelling.
  private static func selected(
    by texts: [String],
    from names: [String],
    parameter: String
  ) throws(PluginError) -> Set<String> {
    var all: Set<String> = []
    for text in texts {
      let found = NamePattern(text).selected(from: names)
      guard !found.isEmpty else {
        let near = nearest(to: text, in: names).map { [$0] } ?? Array(names.prefix(3))
        throw PluginError(
          .notFound,
          "\"\(text)\" in \"\(parameter)\" matches no channel group; there are \(names.count)"
            + (near.isEmpty ? "" : ", such as ")
            + near.map { "\"\($0)\"" }.joined(separator: ", ")
            + "; a text is a whole name, * stands for any characters"
        )
      }
      all.formUnion(found)
    }
    return all
  }
}
