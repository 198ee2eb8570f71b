import Evaluation
import Files
import Graphs
import PluginHost
import PluginKit
import Pruning

extension PruneTarget {
  /// Reads a prune step's `target`, and the keys beside it that say what is chosen from.
  ///
  /// - Throws: ``RecipeError`` with the place.
  static func read(
    _ node: YAMLNode,
    beside outer: inout RecipeSection
  ) throws(RecipeError) -> PruneTarget {
    var section = try RecipeSection(node, name: "'target'", key: "target", file: outer.file)
    var target: PruneTarget?
    for figure in Figure.allCases {
      guard let node = section.take(figure.rawValue) else { continue }
      if let target {
        throw RecipeError(
          .conflict(figure.rawValue, with: target.figure.rawValue),
          file: outer.file,
          mark: node.mark
        )
      }
      guard let amount = node.text.flatMap({ Amount($0, of: figure) }) else {
        throw RecipeError(
          .badValue(
            key: figure.rawValue,
            found: node.text ?? node.kind,
            wanted: Amount.wanted(figure)
          ),
          file: outer.file,
          mark: node.mark
        )
      }
      target = PruneTarget(figure, amount)
    }
    guard var target else {
      // A misspelt key is told before one that is missing.
      for key in ["on", "threads", "times", "tolerance", "corrections"] { _ = section.take(key) }
      try section.finish()
      throw section.missing("latency")
    }
    target.place = try place(&section, target.figure)
    if let tolerance = try section.share("tolerance") { target.tolerance = tolerance }
    if let times = try section.int("corrections", in: 0...20) { target.corrections = times }
    try section.finish()
    target.include = try outer.texts("include")
    target.exclude = try outer.texts("exclude")
    target.keepAtLeast = try outer.share("keep_at_least") ?? 0
    target.sensitivities = try outer.text("sensitivities_file")
    return target
  }

  /// Where milliseconds are measured, which the recipe names.
  private static func place(
    _ section: inout RecipeSection,
    _ figure: Figure
  ) throws(RecipeError) -> Place? {
    guard figure == .latency else { return nil }
    let known = LatencyRuntime.allCases.map(\.name)
    guard let node = section.take("on") else {
      throw RecipeError(
        .neededKey("on", of: "'target'", because: "milliseconds are of \(alternatives(known))"),
        file: section.file,
        mark: section.mark
      )
    }
    guard let name = node.text, let runtime = LatencyRuntime(name) else {
      throw RecipeError(
        .badValue(key: "on", found: node.text ?? node.kind, wanted: alternatives(known)),
        file: section.file,
        mark: node.mark
      )
    }
    return Place(
      runtime: runtime,
      threads: try section.int("threads", in: 1...1024),
      times: try section.text("times")
    )
  }

  /// What ``read(_:beside:)`` reads of the step.
  static var schema: JSONValue {
    let figures = Figure.allCases.map { figure in
      JSONValue.Member(
        figure.rawValue,
        ["description": .string(Amount.wanted(figure)), "type": ["string", "number"]]
      )
    }
    return [
      "type": "object",
      "description": "What the model may cost after the cut: one of latency, macs and size.",
      "oneOf": .array(
        Figure.allCases.map { figure in
          let needed = figure == .latency ? ["latency", "on"] : [figure.rawValue]
          return ["required": JSONValue(needed)]
        }
      ),
      "additionalProperties": false,
      "properties": .object(
        figures + [
          .init("on", ["enum": JSONValue(LatencyRuntime.allCases.map(\.name))]),
          .init("threads", ["type": "integer", "minimum": 1, "maximum": 1024]),
          .init("times", ["type": "string", "description": "The file that keeps layers' times."]),
          .init(
            "tolerance",
            ["type": "number", "minimum": 0, "maximum": 1, "default": .double(0.02)]
          ),
          .init("corrections", ["type": "integer", "minimum": 0, "maximum": 20, "default": 8]),
        ]
      ),
    ]
  }

  /// A prune step with a target.
  static func stepSchema(shared: [JSONValue.Member]) -> JSONValue {
    let names: JSONValue = ["type": "array", "items": ["type": "string"]]
    return RecipeSchema.object(
      [
        .init("target", schema),
        .init(
          "score",
          RecipeSchema.score("The strategy whose scores say what channels are worth.")
        ),
        .init("include", names), .init("exclude", names),
        .init("keep_at_least", ["type": "number", "minimum": 0, "maximum": 1, "default": 0]),
        .init("sensitivities_file", ["type": "string"]),
      ] + shared,
      required: ["target"]
    )
  }
}

extension RecipeSection {
  /// A number from 0 to 1.
  mutating func share(_ key: String) throws(RecipeError) -> Double? {
    guard let node = take(key) else { return nil }
    guard let value = node.double, value >= 0, value <= 1 else {
      throw RecipeError(
        .badValue(key: key, found: node.text ?? node.kind, wanted: "a number from 0 to 1"),
        file: file,
        mark: node.mark
      )
    }
    return value
  }

  /// A text, or a list of them; none where the key is not there.
  mutating func texts(_ key: String) throws(RecipeError) -> [String] {
    guard let node = take(key) else { return [] }
    if let text = node.text { return [text] }
    let texts = node.items?.map(\.text) ?? [nil]
    guard texts.allSatisfy({ $0 != nil }) else {
      throw wrong(key, node, wanted: "a list of names")
    }
    return texts.compactMap(\.self)
  }
}
