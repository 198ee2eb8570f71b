package import PluginHost
package import PluginKit

/// The benchmark's own spelling of a pruning: `pruned_params` and `pruned_ratios`, as lists or as text with commas.
package enum PrunedLists {
  /// The names and ratios as parameters of the strategy `list`.
  ///
  /// - Throws: ``Refusal`` that names the key and what is wrong with it.
  package static func parameters(
    params: ParameterValue,
    ratios: ParameterValue
  ) throws(Refusal) -> [StrategyParameter] {
    guard let names = texts(params) else {
      throw Refusal(
        .wrongKind(key: paramsKey, found: params.kind, wanted: wanted(paramsKey)),
        key: paramsKey
      )
    }
    let shares = texts(ratios) ?? []
    let values = shares.map { Double($0) }
    guard !values.isEmpty, values.allSatisfy({ $0.map { (0..<1).contains($0) } ?? false }) else {
      throw Refusal(
        .wrongKind(key: ratiosKey, found: ratios.kind, wanted: wanted(ratiosKey)),
        key: ratiosKey
      )
    }
    guard names.count == values.count else {
      throw Refusal(.unequalLists(params: names.count, ratios: values.count), key: ratiosKey)
    }
    var seen: Set<String> = []
    if let twice = names.first(where: { !seen.insert($0).inserted }) {
      throw Refusal(.repeatedParam(twice), key: paramsKey)
    }
    return [.init(paramsKey, .strings(names)), .init(ratiosKey, .strings(shares))]
  }

  fileprivate static let paramsKey = "pruned_params"
  fileprivate static let ratiosKey = "pruned_ratios"

  fileprivate static func wanted(_ key: String) -> String {
    (key == paramsKey ? "weight names" : "numbers from 0 to below 1")
      + ", as a list or joined by commas"
  }

  /// What is wrong with the value of a key.
  package struct Refusal: Error, Sendable {
    package let problem: RecipeError.Problem
    package let key: String

    init(_ problem: RecipeError.Problem, key: String) {
      self.problem = problem
      self.key = key
    }
  }

  private static func texts(_ value: ParameterValue) -> [String]? {
    let parts: [String]
    switch value {
    case .strings(let items): parts = items
    case .string(let text):
      parts = text.split(separator: ",", omittingEmptySubsequences: false).map { String($0) }
    default: return nil
    }
    let trimmed = parts.map(trim)
    return trimmed.isEmpty || trimmed.contains("") ? nil : trimmed
  }

  private static func trim(_ text: String) -> String {
    let start = text.drop { $0.isWhitespace }
    return String(start.reversed().drop { $0.isWhitespace }.reversed())
  }
}

extension RecipeSection {
  /// The parameters that the benchmark's two keys stand for, if they are there.
  mutating func prunedLists() throws(RecipeError) -> [StrategyParameter]? {
    let params = take(PrunedLists.paramsKey)
    let ratios = take(PrunedLists.ratiosKey)
    guard params != nil || ratios != nil else { return nil }
    guard let params else { throw missing(PrunedLists.paramsKey) }
    guard let ratios else { throw missing(PrunedLists.ratiosKey) }
    for (key, node) in [(PrunedLists.paramsKey, params), (PrunedLists.ratiosKey, ratios)]
    where node.isNested { throw wrong(key, node, wanted: PrunedLists.wanted(key)) }
    do {
      return try PrunedLists.parameters(
        params: ParameterValue(params),
        ratios: ParameterValue(ratios)
      )
    } catch {
      let node = error.key == PrunedLists.paramsKey ? params : ratios
      throw RecipeError(error.problem, file: file, mark: node.mark)
    }
  }
}

extension YAMLNode {
  /// True for a mapping, and for a list that holds more than scalars.
  fileprivate var isNested: Bool { entries != nil || items?.contains { $0.text == nil } == true }
}

extension ParameterValue {
  /// How messages name the kind of a value that was written.
  fileprivate var kind: String {
    switch self {
    case .strings: "a list"
    case .string(let text): "'\(text)'"
    default: "\(self)"
    }
  }
}
