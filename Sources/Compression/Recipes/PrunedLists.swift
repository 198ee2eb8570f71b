/// The benchmark's own spelling of a pruning: `pruned_params` and `pruned_ratios`, as lists or as text with commas.
package enum PrunedLists {
  /// The names and ratios, or what is wrong with them.
  package static func parameters(
    params: YAMLNode,
    ratios: YAMLNode
  ) throws(Refusal) -> [PruneSettings.Parameter] {
    guard let names = texts(params) else {
      throw Refusal(
        .wrongKind(
          key: "pruned_params",
          found: params.kind,
          wanted: "weight names, as a list or joined by commas"
        ),
        at: params.mark
      )
    }
    let values = (texts(ratios) ?? []).map { Double($0) }
    guard !values.isEmpty, values.allSatisfy({ $0.map { (0..<1).contains($0) } ?? false }) else {
      throw Refusal(
        .wrongKind(
          key: "pruned_ratios",
          found: ratios.kind,
          wanted: "numbers from 0 to below 1, as a list or joined by commas"
        ),
        at: ratios.mark
      )
    }
    guard names.count == values.count else {
      throw Refusal(.unequalLists(params: names.count, ratios: values.count), at: ratios.mark)
    }
    var seen: Set<String> = []
    if let twice = names.first(where: { !seen.insert($0).inserted }) {
      throw Refusal(.repeatedParam(twice), at: params.mark)
    }
    return [
      PruneSettings.Parameter("pruned_params", list(names, of: params)),
      PruneSettings.Parameter("pruned_ratios", list(texts(ratios) ?? [], of: ratios)),
    ]
  }

  /// A problem and its place; the caller knows the file.
  package struct Refusal: Error, Sendable {
    package let problem: RecipeError.Problem
    package let mark: YAMLMark

    init(_ problem: RecipeError.Problem, at mark: YAMLMark) {
      self.problem = problem
      self.mark = mark
    }
  }

  private static func texts(_ node: YAMLNode) -> [String]? {
    let parts: [String]
    if let items = node.items {
      parts = items.compactMap(\.text)
      guard parts.count == items.count else { return nil }
    } else if let text = node.text {
      parts = text.split(separator: ",", omittingEmptySubsequences: false).map { String($0) }
    } else {
      return nil
    }
    let trimmed = parts.map(trim)
    return trimmed.isEmpty || trimmed.contains("") ? nil : trimmed
  }

  private static func trim(_ text: String) -> String {
    let start = text.drop { $0.isWhitespace }
    return String(start.reversed().drop { $0.isWhitespace }.reversed())
  }

  private static func list(_ texts: [String], of node: YAMLNode) -> YAMLNode {
    YAMLNode(
      .sequence(texts.map { YAMLNode(.scalar($0, isPlain: true), at: node.mark) }),
      at: node.mark
    )
  }
}

extension RecipeSection {
  /// The parameters that the benchmark's two keys stand for, if they are there.
  mutating func prunedLists() throws(RecipeError) -> [PruneSettings.Parameter]? {
    let params = take("pruned_params")
    let ratios = take("pruned_ratios")
    guard params != nil || ratios != nil else { return nil }
    guard let params else { throw missing("pruned_params") }
    guard let ratios else { throw missing("pruned_ratios") }
    do { return try PrunedLists.parameters(params: params, ratios: ratios) } catch {
      throw RecipeError(error.problem, file: file, mark: error.mark)
    }
  }
}
