import Files
import PluginKit
import Search

extension RecipeSchema {
  /// The step `search`, with a branch for each space on offer.
  static func search(_ spaces: [StrategyDescription]) -> JSONValue {
    let searchers = SearcherKind.all.flatMap(\.options)
    let own: [JSONValue.Member] =
      members(SearchSettings.Keys.specs) + members(searchers)
      + [
        .init("train", train), .init("constraint", constraint),
        .init("halving", object(members(SearchSettings.Keys.halving), required: [])),
        .init(
          "full",
          object(members(SearchSettings.Keys.full) + [.init("train", train)], required: ["train"])
        ),
      ]
    let branches = spaces.map { space -> JSONValue in
      object(
        [.init("space", ["const": .string(space.id), "description": .string(space.doc)])] + own
          + space.parameters.map { .init($0.name, parameter($0)) },
        required: ["space"] + space.parameters.filter(\.isRequired).map(\.name)
      )
    }
    return ["anyOf": .array(branches)]
  }

  private static var constraint: JSONValue {
    let limit: JSONValue = [
      "description": "A number, one such as 300M, or a share such as 50% of the network before.",
      "anyOf": [
        ["type": "number", "minimum": 0],
        ["type": "string", "pattern": "^[0-9.]+[kKMG%]$"],
      ],
    ]
    let bounds: [JSONValue.Member] = [.init("at_most", limit), .init("at_least", limit)]
    let sources: [JSONValue.Member] = [
      .init(
        "table",
        ["type": "string", "description": "A table, as `espalier bench --table` writes it."]
      ),
      .init("on", ["enum": JSONValue(SearchConstraint.LatencySource.runtimes)]),
    ]
    return object(
      SearchConstraint.Figure.allCases.map { figure in
        let range = object(bounds + (figure == .latency ? sources : []), required: [])
        return .init(figure.rawValue, figure == .latency ? range : ["anyOf": [limit, range]])
      },
      required: []
    )
  }
}
