import Files
package import PluginHost

/// What becomes of a run where a step's strategy fails.
package enum FailurePolicy: Sendable, Hashable {
  /// It ends there, with the failure.
  case stop
  /// It goes to the next step with the model as it was before this one.
  case skip
  /// Another strategy does the step.
  case fallback(StrategyChoice)

  /// The key of a step that states it.
  static let key = "on_failure"

  /// The policy that a step's mapping states, and the mapping without it.
  ///
  /// - Throws: ``RecipeError`` with the place.
  static func taken(
    from node: YAMLNode,
    step: String,
    file: String
  ) throws(RecipeError) -> (policy: FailurePolicy, rest: YAMLNode) {
    guard let entries = node.entries, let entry = entries.first(where: { $0.key == key }) else {
      return (.stop, node)
    }
    let rest = YAMLNode(.mapping(entries.filter { $0.key != key }), at: node.mark)
    let value = entry.value
    switch value.text {
    case "stop"?: return (.stop, rest)
    case "skip"?: return (.skip, rest)
    default: break
    }
    guard value.entries != nil else {
      throw RecipeError(
        .badValue(
          key: key,
          found: value.text.map { "'\($0)'" } ?? value.kind,
          wanted: "stop, skip or 'fallback: STRATEGY'"
        ),
        file: file,
        mark: value.mark
      )
    }
    var section = try RecipeSection(value, name: "'\(key)'", key: key, file: file)
    let named = try section.require("fallback")
    try section.finish()
    if let name = named.text, !name.isEmpty { return (.fallback(StrategyChoice(name)), rest) }
    var inner = try RecipeSection(named, name: "'fallback'", key: "fallback", file: file)
    let strategy = try inner.require("strategy")
    guard let name = strategy.text, !name.isEmpty else {
      throw inner.wrong("strategy", strategy, wanted: "a strategy's name")
    }
    return (.fallback(StrategyChoice(name, parameters: inner.takeParameters())), rest)
  }
}

extension RecipeSchema {
  /// The schema of a step with the key `on_failure`, in each of its branches.
  static func withFailurePolicy(_ schema: JSONValue, fallback: Bool) -> JSONValue {
    guard case .object(let members) = schema else { return schema }
    return .object(
      members.map { member in
        switch (member.key, member.value) {
        case ("anyOf", .array(let branches)):
          JSONValue.Member(
            member.key,
            .array(branches.map { withFailurePolicy($0, fallback: fallback) })
          )
        case ("properties", .object(let properties)):
          JSONValue.Member(
            member.key,
            .object(properties + [.init(FailurePolicy.key, policy(fallback: fallback))])
          )
        default: member
        }
      }
    )
  }

  private static func policy(fallback: Bool) -> JSONValue {
    let choice = object(
      [
        .init(
          "fallback",
          [
            "anyOf": [
              ["type": "string"],
              [
                "type": "object", "required": ["strategy"],
                "properties": ["strategy": ["type": "string"]],
              ],
            ]
          ]
        )
      ],
      required: ["fallback"]
    )
    return [
      "description": "What becomes of the run where the step's strategy fails.",
      "default": "stop",
      "anyOf": .array([["enum": ["stop", "skip"]]] + (fallback ? [choice] : [])),
    ]
  }
}
