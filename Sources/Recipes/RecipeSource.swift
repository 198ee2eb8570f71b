import PluginHost

/// The text that a recipe was read from, for messages that name a place in it.
package struct RecipeSource: Sendable, Hashable {
  /// How messages name the file.
  package let file: String
  private let root: YAMLNode

  init(file: String, root: YAMLNode) {
    self.file = file
    self.root = root
  }

  /// What was read, as YAML: no comments, and what is overridden as it is in force.
  package var text: String { root.yaml }

  /// What stands behind a key, as YAML on one line; nothing where it is not there.
  func text(of key: String) -> String {
    guard let value = root.value(of: key) else { return "" }
    return value.yaml.split(separator: "\n").joined(separator: " ")
  }

  /// A recipe of one step alone, as YAML: what its units of work depend on.
  ///
  /// - Parameters:
  ///   - index: the step.
  ///   - left: its keys that are left out.
  ///   - added: keys with values that stand in their place.
  /// - Returns: the recipe; the whole text where there is no such step.
  func text(
    ofStep index: Int,
    without left: Set<String>,
    adding added: [(String, String)]
  ) -> String {
    guard let items = root.value(of: "steps")?.items, items.indices.contains(index),
      let step = items[index].entries?.first, let settings = step.value.entries,
      let whole = root.entries
    else { return text }
    let kept =
      settings.filter { !left.contains($0.key) }
      + added.map {
        .init(
          key: $0.0,
          keyMark: step.keyMark,
          value: .init(.scalar($0.1, isPlain: true), at: step.keyMark)
        )
      }
    let alone = YAMLNode.Entry(
      key: step.key,
      keyMark: step.keyMark,
      value: YAMLNode(.mapping(kept), at: step.value.mark)
    )
    let item = YAMLNode(.mapping([alone]), at: step.keyMark)
    let entries = whole.filter { $0.key != "export" }.map { entry in
      entry.key == "steps"
        ? YAMLNode.Entry(
          key: entry.key,
          keyMark: entry.keyMark,
          value: YAMLNode(.sequence([item]), at: entry.value.mark)
        ) : entry
    }
    return YAMLNode(.mapping(entries), at: root.mark).yaml
  }

  /// The place of a key's value; of the whole where it is not there.
  func mark(_ key: String) -> YAMLMark { (root.value(of: key) ?? root).mark }

  /// The place of a step's key; of the step where it does not have it, nil where there is no such step.
  func mark(ofStep index: Int, _ key: String? = nil) -> YAMLMark? {
    step(index).map { (key.flatMap($0.value) ?? $0).mark }
  }

  /// Where a step has what the plugin host refuses of a strategy: the parameter, else the strategy's name.
  func mark(ofStep index: Int, refusing error: PluginHostError, of strategy: String) -> YAMLMark? {
    guard let step = step(index) else { return nil }
    let loss = step.value(of: "losses")?.items?.first {
      $0.value(of: "strategy")?.text == strategy
    }
    if let name = step.value(of: "score"), name.text == strategy { return name.mark }
    let score = step.value(of: "score").flatMap {
      $0.value(of: "strategy")?.text == strategy ? $0 : nil
    }
    let owner = loss ?? score ?? step
    // Curves are read from a file before a plugin sees them.
    let key = error.parameter == "curves" ? "sensitivities_file" : error.parameter
    let named = owner.value(of: "strategy") ?? owner.value(of: "space")
    return (key.flatMap(owner.value) ?? named ?? owner).mark
  }

  /// What stands behind the name of a step; `train` beside other keys is short for the only one.
  private func step(_ index: Int) -> YAMLNode? {
    guard let items = root.value(of: "steps")?.items else { return root.value(of: "train") }
    return items.indices.contains(index) ? items[index].entries?.first?.value : nil
  }
}

extension YAMLNode {
  /// The value of a key of a mapping.
  fileprivate func value(of key: String) -> YAMLNode? { entries?.first { $0.key == key }?.value }
}

extension PluginHostError {
  /// The parameter that is refused, where one is.
  fileprivate var parameter: String? {
    guard case .parameters(_, let problem) = self else { return nil }
    return switch problem {
    case .unknown(let name, _, _), .wrongType(let name, _, _), .notFinite(let name),
      .outOfRange(let name, _, _, _), .notAChoice(let name, _, _, _), .missing(let name, _),
      .givenTwice(let name, _):
      name
    }
  }
}
