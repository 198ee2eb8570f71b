import Graphs

extension RecipeSteps {
  /// The steps of the list, in order.
  static func read(
    _ node: YAMLNode,
    classes: Int,
    file: String
  ) throws(RecipeError) -> [(step: any RecipeStep, policy: FailurePolicy)] {
    guard let items = node.items else {
      throw RecipeError(
        .wrongKind(key: "steps", found: node.kind, wanted: "a list such as '- prune: {…}'"),
        file: file,
        mark: node.mark
      )
    }
    guard !items.isEmpty else { throw RecipeError(.noSteps, file: file, mark: node.mark) }
    var steps: [(any RecipeStep, FailurePolicy)] = []
    for item in items { steps.append(try step(item, classes: classes, file: file)) }
    return steps
  }

  private static func step(
    _ node: YAMLNode,
    classes: Int,
    file: String
  ) throws(RecipeError) -> (any RecipeStep, FailurePolicy) {
    guard let entries = node.entries, entries.count == 1, let entry = entries.first else {
      throw RecipeError(
        .wrongKind(
          key: "steps",
          found: node.kind,
          wanted: "a list whose items have one key each, such as '- prune: {…}'"
        ),
        file: file,
        mark: node.mark
      )
    }
    if let kind = all.first(where: { $0.name == entry.key }) {
      guard kind.hasStrategies else {
        return (try kind.read(entry.value, classes: classes, file: file), .stop)
      }
      let (policy, rest) = try FailurePolicy.taken(from: entry.value, step: kind.name, file: file)
      let step = try kind.read(rest, classes: classes, file: file)
      if case .fallback = policy, !kind.takesFallback {
        throw RecipeError(
          .conflict("fallback", with: "the step '\(kind.name)'; take stop or skip"),
          file: file,
          mark: entry.value.mark
        )
      }
      return (step, policy)
    }
    let names = all.map { $0.name }
    guard !later.contains(entry.key) else {
      throw RecipeError(
        .notYet(
          "the step '\(entry.key)'",
          cure: "this version has \(Self.list(names)); take the step out"
        ),
        file: file,
        mark: entry.keyMark
      )
    }
    throw RecipeError(
      .unknownKey(
        entry.key,
        of: "a step",
        nearest: Graphs.nearest(to: entry.key, in: names + later),
        known: names
      ),
      file: file,
      mark: entry.keyMark
    )
  }

  /// Names in quotes, the last behind "and".
  private static func list(_ names: [String]) -> String {
    let quoted = names.map { "'\($0)'" }
    guard let last = quoted.last, quoted.count > 1 else { return quoted.joined() }
    return quoted.dropLast().joined(separator: ", ") + " and \(last)"
  }
}
