import Graphs

extension RecipeSteps {
  /// An item of the list.
  struct Entry {
    let step: any RecipeStep
    let policy: FailurePolicy
    let gate: Gate?

    init(_ step: any RecipeStep, policy: FailurePolicy = .stop, gate: Gate? = nil) {
      self.step = step
      self.policy = policy
      self.gate = gate
    }
  }

  /// The steps of the list, in order.
  static func read(
    _ node: YAMLNode,
    classes: Int,
    file: String
  ) throws(RecipeError) -> [Entry] {
    guard let items = node.items else {
      throw RecipeError(
        .wrongKind(key: "steps", found: node.kind, wanted: "a list such as '- prune: {…}'"),
        file: file,
        mark: node.mark
      )
    }
    guard !items.isEmpty else { throw RecipeError(.noSteps, file: file, mark: node.mark) }
    var steps: [Entry] = []
    for item in items { steps.append(try step(item, classes: classes, file: file)) }
    return steps
  }

  private static func step(
    _ node: YAMLNode,
    classes: Int,
    file: String
  ) throws(RecipeError) -> Entry {
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
      let (gate, mapping) = try Gate.taken(from: entry.value, file: file)
      guard kind.hasStrategies else {
        return Entry(try kind.read(mapping, classes: classes, file: file), gate: gate)
      }
      let (policy, rest) = try FailurePolicy.taken(from: mapping, step: kind.name, file: file)
      let step = try kind.read(rest, classes: classes, file: file)
      if case .fallback = policy, !kind.takesFallback {
        throw RecipeError(
          .conflict("fallback", with: "the step '\(kind.name)'; take stop or skip"),
          file: file,
          mark: entry.value.mark
        )
      }
      return Entry(step, policy: policy, gate: gate)
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
