package import Files
import PluginHost
package import PluginKit

/// JSON Schema of hyper-parameters.
package enum ParameterSchema {
  /// The schema of one parameter's value.
  package static func schema(of spec: ParameterSpec) -> JSONValue {
    var members: [JSONValue.Member] = [.init("description", .string(spec.doc))]
    let element = element(of: spec)
    switch spec.kind {
    case .bool, .int, .double, .string: members += element
    case .ints, .doubles, .strings:
      // Lists may be written with commas too.
      members.append(
        .init(
          "anyOf",
          [["type": "array", "items": .object(element)], .object([.init("type", "string")])]
        )
      )
    }
    if let value = spec.defaultValue { members.append(.init("default", JSONValue(value))) }
    return .object(members)
  }

  private static func element(of spec: ParameterSpec) -> [JSONValue.Member] {
    let type =
      switch spec.kind {
      case .bool: "boolean"
      case .int, .ints: "integer"
      case .double, .doubles: "number"
      case .string, .strings: "string"
      }
    var members: [JSONValue.Member] = [.init("type", .string(type))]
    if let minimum = spec.minimum { members.append(.init("minimum", JSONValue(minimum))) }
    if let maximum = spec.maximum { members.append(.init("maximum", JSONValue(maximum))) }
    if !spec.choices.isEmpty { members.append(.init("enum", JSONValue(spec.choices))) }
    return members
  }
}
