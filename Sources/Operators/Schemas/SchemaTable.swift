import Graphs

/// ONNX's own operators in all their versions, after the schemas of the onnx package.
///
/// `scripts/onnx-schemas.py` writes the text; what an export may contain is looked up here.
package struct SchemaTable: Sendable {
  private let versions: [String: [OperatorSchema]]

  /// The schemas of the onnx package that the table was written from.
  package static let standard = SchemaTable()

  private init() {
    let sets = Self.sets.split(separator: "\n").map { line in
      ElementTypes(numbers: line.split(separator: "+").compactMap { Int($0) })
    }
    var versions: [String: [OperatorSchema]] = [:]
    for line in Self.early.split(separator: "\n") + Self.late.split(separator: "\n") {
      let schema = Self.schema(line, sets)
      versions[schema.name, default: []].append(schema)
    }
    self.versions = versions
  }

  /// True where some version of ONNX has an operator of the name.
  package func knows(_ name: String) -> Bool { versions[name] != nil }

  /// The version of an operator that is in force in an opset; nil where the opset has none.
  package func schema(_ name: String, at opset: Int) -> OperatorSchema? {
    versions[name]?.last { $0.since <= opset }
  }

  /// The opset that gave an operator the form which it has in `opset`; nil where that is its first.
  func changed(_ name: String, before opset: Int) -> Int? {
    versions[name]?.prefix { $0.since <= opset }.dropFirst().last?.since
  }

  /// The newest version of an operator.
  func newest(_ name: String) -> OperatorSchema? { versions[name]?.last }

  /// All operators in all versions, by name and opset.
  package var all: [OperatorSchema] {
    versions.keys.sorted().flatMap { versions[$0] ?? [] }
  }

  // MARK: Reading

  private static func schema(_ line: Substring, _ sets: [ElementTypes]) -> OperatorSchema {
    let parts = line.split(separator: "|", omittingEmptySubsequences: false).map {
      $0.split(separator: " ")
    }
    var variables: [Substring: ElementTypes] = [:]
    for entry in parts[3] {
      let pair = entry.split(separator: "=")
      variables[pair[0]] = sets[Int(pair[1]) ?? 0]
    }
    var attributes: [String: OperatorSchema.AttributeForm] = [:]
    for entry in parts[4] {
      let name = entry.prefix { $0 != ":" }
      attributes[String(name)] = attribute(entry.dropFirst(name.count + 1))
    }
    return OperatorSchema(
      name: String(parts[0][0]),
      since: Int(parts[0][1]) ?? 0,
      isDeprecated: parts[0].count > 2,
      inputs: formals(parts[1], variables, sets),
      outputs: formals(parts[2], variables, sets),
      attributes: attributes
    )
  }

  private static func formals(
    _ entries: [Substring],
    _ variables: [Substring: ElementTypes],
    _ sets: [ElementTypes]
  ) -> OperatorSchema.Formals {
    let list = entries.dropFirst().map { entry in
      let name = entry.prefix { $0 != ":" && $0 != "?" && $0 != "*" }
      let mark = entry.dropFirst(name.count).prefix { $0 != ":" }
      let type = entry.dropFirst(name.count + mark.count + 1)
      // Variadic ones of mixed types share a variable in name only.
      let variable = mark == "**" ? nil : variables[type].map { _ in String(type) }
      return OperatorSchema.Formal(
        name: String(name),
        isOptional: mark == "?",
        isVariadic: mark.hasPrefix("*"),
        variable: variable,
        types: variables[type] ?? sets[Int(type) ?? 0]
      )
    }
    return OperatorSchema.Formals(least: Int(entries[0]) ?? 0, list: list)
  }

  private static func attribute(_ text: Substring) -> OperatorSchema.AttributeForm {
    let kind = text.first ?? "y"
    let value = text.firstIndex(of: "=").map { text[text.index(after: $0)...] }
    let isRequired = text.dropFirst().first == "!"
    var fallback: Attribute?
    if let value {
      switch kind {
      case "i": fallback = Int(value).map(Attribute.int)
      case "f": fallback = Float(value).map(Attribute.float)
      case "s": fallback = .text(String(value))
      case "I": fallback = .ints(value.split(separator: ",").compactMap { Int($0) })
      case "F": fallback = .floats(value.split(separator: ",").compactMap { Float($0) })
      default: break
      }
    }
    return OperatorSchema.AttributeForm(kind: kind, isRequired: isRequired, fallback: fallback)
  }
}
