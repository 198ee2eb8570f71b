import PluginHost
import PluginKit

extension RecipeSection {
  /// The value of a declared key, or its default; kind, bounds and choices are checked.
  mutating func value<Value>(_ parameter: Parameter<Value>) throws(RecipeError) -> Value {
    let spec = parameter.spec
    var given: (key: String, node: YAMLNode)?
    for key in [spec.name] + (spec.alias.map { [$0] } ?? []) {
      guard let node = take(key, isAlias: key != spec.name) else { continue }
      if let given {
        throw RecipeError(.conflict(key, with: given.key), file: file, mark: node.mark)
      }
      given = (key, node)
    }
    var value = spec.defaultValue
    if let given {
      value = try accepted(given.node, as: spec, key: given.key)
    } else if spec.isRequired {
      throw missing(spec.name)
    }
    guard let result = Value.value(from: value) else {
      throw missing(spec.name)
    }
    return result
  }

  /// The values of declared keys, defaults filled in.
  mutating func settings(_ specs: [ParameterSpec]) throws(RecipeError) -> Settings {
    var settings = Settings()
    for spec in specs {
      if let node = take(spec.name) {
        settings.values[spec.name] = try accepted(node, as: spec, key: spec.name)
      } else if spec.isRequired {
        throw missing(spec.name)
      } else {
        settings.values[spec.name] = spec.defaultValue
      }
    }
    return settings
  }

  /// The value of a node as the declaration wants it.
  func accepted(
    _ node: YAMLNode,
    as spec: ParameterSpec,
    key: String
  ) throws(RecipeError) -> ParameterValue {
    guard node.entries == nil else { throw wrong(key, node, wanted: spec.wanted) }
    let isEmptyList = node.items?.isEmpty ?? false
    do throws(ParameterProblem) {
      return try spec.accept(isEmptyList ? spec.emptyList : ParameterValue(node))
    } catch {
      switch error {
      case .outOfRange(_, let given, _, _):
        throw bad(key, node, found: spec.isWhole ? "\(Int(given))" : "\(given)", spec.wanted)
      case .notAChoice(_, let given, _, let nearest):
        let hint = nearest.map { "; did you mean '\($0)'?" } ?? ""
        throw bad(key, node, found: "'\(given)'", spec.wanted + hint)
      default: throw wrong(key, node, wanted: spec.wanted)
      }
    }
  }

  private func bad(
    _ key: String,
    _ node: YAMLNode,
    found: String,
    _ wanted: String
  ) -> RecipeError {
    RecipeError(.badValue(key: key, found: found, wanted: wanted), file: file, mark: node.mark)
  }
}

extension ParameterSpec {
  fileprivate var isWhole: Bool { kind == .int || kind == .ints }

  fileprivate var emptyList: ParameterValue {
    switch kind {
    case .ints: .ints([])
    case .doubles: .doubles([])
    case .strings: .strings([])
    case .bool, .int, .double, .string: .string("an empty list")
    }
  }

  /// How messages name what is accepted.
  fileprivate var wanted: String {
    guard choices.isEmpty else { return "one of \(choices.joined(separator: ", "))" }
    let element =
      switch kind {
      case .bool: "true or false"
      case .int: "a whole number"
      case .double: "a number"
      case .string: "text"
      case .ints: "a list of whole numbers"
      case .doubles: "a list of numbers"
      case .strings: "a list of texts"
      }
    let low = minimum.map { " from \($0.description)" } ?? ""
    return element + low + (maximum.map { " to \($0.description)" } ?? "")
  }
}
