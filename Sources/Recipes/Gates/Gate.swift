package import Evaluation
import Files
import Graphs

/// What the model of a step must keep to; a run that misses it ends there.
package struct Gate: Sendable, Hashable {
  /// How much of the metric may be lost against the model before the first step, from 0 to 1.
  package var drop: Double?
  /// What the metric must reach, from 0 to 1.
  package var metric: Double?
  /// How many times as fast as the model before the first step it must be.
  package var speedup: Double?
  /// What the median of a call may take, in milliseconds.
  package var latency: Double?
  /// What the file may take, in millions of bytes.
  package var megabytes: Double?
  /// What executes the models that are timed.
  package var runtime = LatencyRuntime.other(.onnxRuntime)
  /// Threads of the models that are timed.
  package var threads = 1
  /// How often images are drawn again for the interval of a drop.
  package var draws = 200
  /// Images that the metric is taken over, at most; nil takes the whole list.
  package var images: Int?

  package init() {}

  /// Whether models are evaluated.
  package var isJudged: Bool { drop != nil || metric != nil }
  /// Whether models are timed.
  package var isTimed: Bool { speedup != nil || latency != nil }

  /// The key of a step that states it.
  static let key = "gate"
}

extension Gate {
  /// The gate that a step's mapping states, and the mapping without it.
  ///
  /// - Throws: ``RecipeError`` with the place.
  static func taken(
    from node: YAMLNode,
    file: String
  ) throws(RecipeError) -> (gate: Gate?, rest: YAMLNode) {
    guard let entries = node.entries, let entry = entries.first(where: { $0.key == key }) else {
      return (nil, node)
    }
    let rest = YAMLNode(.mapping(entries.filter { $0.key != key }), at: node.mark)
    return (try read(entry.value, file: file), rest)
  }

  private static func read(_ node: YAMLNode, file: String) throws(RecipeError) -> Gate {
    var section = try RecipeSection(node, name: "'gate'", key: key, file: file)
    var gate = Gate()
    gate.drop = try section.portion(GateCheck.Kind.drop.rawValue)
    gate.metric = try section.portion(GateCheck.Kind.metric.rawValue)
    gate.speedup = try section.factor(GateCheck.Kind.speedup.rawValue, unit: "x")
    gate.latency = try section.factor(GateCheck.Kind.latency.rawValue, unit: "ms")
    gate.megabytes = try section.factor(GateCheck.Kind.megabytes.rawValue, unit: "MB")
    if let text = try section.text("on") {
      guard let runtime = LatencyRuntime(text) else {
        throw RecipeError(
          .badValue(
            key: "on",
            found: "'\(text)'",
            wanted: alternatives(LatencyRuntime.allCases.map(\.name))
          ),
          file: file,
          mark: node.mark
        )
      }
      gate.runtime = runtime
    }
    if let threads = try section.int("threads", in: 1...1024) { gate.threads = threads }
    if let draws = try section.int("draws", in: 0...100_000) { gate.draws = draws }
    gate.images = try section.int("images", in: 1...10_000_000)
    try section.finish()
    guard gate.isJudged || gate.isTimed || gate.megabytes != nil else {
      throw RecipeError(
        .neededKey(
          GateCheck.Kind.drop.rawValue,
          of: "'gate'",
          because:
            "it asks for nothing; take one of \(alternatives(GateCheck.Kind.allCases.map(\.rawValue)))"
        ),
        file: file,
        mark: node.mark
      )
    }
    return gate
  }

  /// Refuses a gate that the rest of its recipe cannot answer.
  ///
  /// - Throws: ``RecipeError`` with the place.
  func check(in recipe: Recipe, at index: Int) throws(RecipeError) {
    guard isJudged, recipe.data?.val == nil else { return }
    throw recipe.error(
      .neededKey(
        recipe.data == nil ? "data" : "val",
        of: recipe.data == nil ? "a recipe" : "'data'",
        because: "the gate's metric is taken over that list"
      ),
      at: recipe.source.mark(ofStep: index, Self.key)
    )
  }
}

extension RecipeSection {
  /// A share such as `0.02` or `2%`.
  fileprivate mutating func portion(_ key: String) throws(RecipeError) -> Double? {
    guard let node = take(key) else { return nil }
    let text = node.text ?? ""
    let isPercent = text.hasSuffix("%")
    let digits = isPercent ? text.dropLast().trimmed : text
    let value = Double(digits).map { isPercent ? $0 / 100 : $0 }
    guard let value, (0...1).contains(value) else {
      throw RecipeError(
        .badValue(
          key: key,
          found: node.text.map { "'\($0)'" } ?? node.kind,
          wanted: "a share of 1 such as 0.02, or 2%"
        ),
        file: file,
        mark: node.mark
      )
    }
    return value
  }

  /// A number above zero, with or without its unit.
  fileprivate mutating func factor(_ key: String, unit: String) throws(RecipeError) -> Double? {
    guard let node = take(key) else { return nil }
    let text = node.text ?? ""
    let digits = text.hasSuffix(unit) ? text.dropLast(unit.count).trimmed : text
    guard let value = Double(digits), value > 0, value.isFinite else {
      throw RecipeError(
        .badValue(
          key: key,
          found: node.text.map { "'\($0)'" } ?? node.kind,
          wanted: "a number above 0 such as 1.5\(unit)"
        ),
        file: file,
        mark: node.mark
      )
    }
    return value
  }
}

extension Substring {
  fileprivate var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}

extension RecipeSchema {
  /// The schema of a step with the key `gate`, in each of its branches.
  static func withGate(_ schema: JSONValue) -> JSONValue {
    guard case .object(let members) = schema else { return schema }
    return .object(
      members.map { member in
        switch (member.key, member.value) {
        case ("anyOf", .array(let branches)):
          JSONValue.Member(member.key, .array(branches.map(withGate)))
        case ("properties", .object(let properties)):
          JSONValue.Member(member.key, .object(properties + [.init(Gate.key, gate)]))
        default: member
        }
      }
    )
  }

  private static let gate: JSONValue = {
    let number: JSONValue = ["type": ["number", "string"]]
    let keys = GateCheck.Kind.allCases.map { JSONValue.Member($0.rawValue, number) }
    return [
      "description":
        "What the step's model must keep to; a run that misses it ends with exit code 1.",
      "type": "object",
      "additionalProperties": false,
      "properties": .object(
        keys + [
          .init("on", ["enum": JSONValue(LatencyRuntime.allCases.map(\.name))]),
          .init("threads", ["type": "integer", "minimum": 1, "maximum": 1024, "default": 1]),
          .init("draws", ["type": "integer", "minimum": 0, "maximum": 100_000, "default": 200]),
          .init("images", ["type": "integer", "minimum": 1]),
        ]
      ),
    ]
  }()
}
