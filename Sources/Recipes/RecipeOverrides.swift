import Graphs

/// Values that stand in place of a recipe's own, or are added to it, such as `steps.0.prune.ratio=0.4`.
///
/// A key is a way through the recipe: keys of mappings and places of lists, from 0, with dots between. A mapping on the way that is not
/// there is made; a list is never made longer. The value is YAML.
package struct RecipeOverrides: Sendable, Hashable {
  private struct Override: Sendable, Hashable {
    let key: String
    let value: String
    let option: String
  }

  private var overrides: [Override]

  /// Overrides in order: of two for one key the last holds.
  package init(_ overrides: [(key: String, value: String)] = []) {
    self.overrides = overrides.map {
      Override(key: $0.key, value: $0.value, option: "--set \($0.key)")
    }
  }

  /// Adds what an option gives, by which errors name it.
  package mutating func add(_ key: String, _ value: String, option: String) {
    overrides.append(Override(key: key, value: value, option: option))
  }

  /// A recipe's own text where nothing is overridden, else the values in force, which read as the same recipe again.
  ///
  /// - Parameters:
  ///   - recipe: what was read with these overrides.
  ///   - text: the text that it was read from.
  /// - Returns: YAML; comments of a text that is overridden are left out, and the overrides named in their place.
  package func text(of recipe: Recipe, from text: String) -> String {
    guard !overrides.isEmpty else { return text }
    let named = overrides.map { "# --set \($0.key)=\($0.value.replacing(#/\s+/#, with: " "))\n" }
    return named.joined() + recipe.source.text
  }

  /// A recipe with the overrides in it; errors name the option in place of a line.
  func applied(to root: YAMLNode, file: String) throws(RecipeError) -> YAMLNode {
    var root = root
    for override in overrides {
      let assignment = try Assignment(
        override.key,
        override.value,
        option: override.option,
        file: file
      )
      root = try assignment.made(in: root, assignment.path[...])
    }
    return root
  }
}

/// One override on its way through a recipe.
private struct Assignment {
  let path: [String]
  private let value: YAMLNode
  private let file: String
  private let mark: YAMLMark

  init(_ key: String, _ text: String, option: String, file: String) throws(RecipeError) {
    path = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    mark = YAMLMark(option: option)
    self.file = file
    do throws(YAMLError) {
      value = try YAMLReader.read(text).marked(mark)
    } catch .empty where text.allSatisfy(\.isWhitespace) {
      value = .nothing(at: mark)
    } catch {
      throw RecipeError(.yaml(error), file: file, mark: mark)
    }
  }

  /// A node in which the value stands at the end of the way.
  func made(
    in node: YAMLNode,
    _ rest: ArraySlice<String>,
    isItem: Bool = false
  ) throws(RecipeError) -> YAMLNode {
    guard let key = rest.first else { return value }
    let next = rest.dropFirst()
    switch node.content {
    case .sequence(var items):
      guard let place = Int(key), items.indices.contains(place) else {
        throw error(.noItem(key, of: name(before: rest), count: items.count))
      }
      items[place] = try made(in: items[place], next, isItem: true)
      return YAMLNode(.sequence(items), at: node.mark)
    case .mapping(var entries):
      if let place = entries.firstIndex(where: { $0.key == key }) {
        let found = entries[place]
        let value = try made(in: found.value, next)
        entries[place] = YAMLNode.Entry(key: key, keyMark: found.keyMark, value: value)
      } else if isItem, !next.isEmpty {
        // What an item of a list is, such as a step, is said by its key.
        let known = entries.map(\.key)
        let nearest = Graphs.nearest(to: key, in: known)
        throw error(
          .unknownKey(key, of: "'\(name(before: rest))'", nearest: nearest, known: known)
        )
      } else {
        entries.append(try entry(key, next))
      }
      return YAMLNode(.mapping(entries), at: node.mark)
    case .scalar:
      guard node.isNull else {
        let wanted = "a mapping of keys to values"
        throw error(.wrongKind(key: name(before: rest), found: node.kind, wanted: wanted))
      }
      return YAMLNode(.mapping([try entry(key, next)]), at: mark)
    }
  }

  private func entry(
    _ key: String,
    _ rest: ArraySlice<String>
  ) throws(RecipeError) -> YAMLNode.Entry {
    YAMLNode.Entry(key: key, keyMark: mark, value: try made(in: .nothing(at: mark), rest))
  }

  /// The way to the node in which the rest begins.
  private func name(before rest: ArraySlice<String>) -> String {
    rest.startIndex == 0 ? "the recipe" : path[..<rest.startIndex].joined(separator: ".")
  }

  private func error(_ problem: RecipeError.Problem) -> RecipeError {
    RecipeError(problem, file: file, mark: mark)
  }
}

extension YAMLNode {
  /// The empty value.
  fileprivate static func nothing(at mark: YAMLMark) -> YAMLNode {
    YAMLNode(.scalar("", isPlain: true), at: mark)
  }

  /// The same value, all of which stands at one place.
  fileprivate func marked(_ mark: YAMLMark) -> YAMLNode {
    switch content {
    case .scalar: YAMLNode(content, at: mark)
    case .sequence(let items): YAMLNode(.sequence(items.map { $0.marked(mark) }), at: mark)
    case .mapping(let entries):
      YAMLNode(
        .mapping(
          entries.map { Entry(key: $0.key, keyMark: mark, value: $0.value.marked(mark)) }
        ),
        at: mark
      )
    }
  }
}
