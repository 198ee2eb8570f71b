package import Files
package import PluginKit

extension Provenance {
  /// Strategy, plugin, version, hash and parameters, as metadata and reports have them.
  package var members: [JSONValue.Member] {
    [
      .init("strategy", .string(strategy)),
      .init("plugin", .string(plugin)),
      .init("version", .string(version)),
      .init("sha256", .string(sha256)),
      .init(
        "parameters",
        .object(
          settings.values.sorted { $0.key < $1.key }.map { .init($0.key, JSONValue($0.value)) }
        )
      ),
    ]
  }
}

extension JSONValue {
  /// A hyper-parameter's value.
  package init(_ value: ParameterValue) {
    switch value {
    case .bool(let value): self = .bool(value)
    case .int(let value): self = .int(value)
    case .double(let value): self = .double(value)
    case .string(let value): self = .string(value)
    case .ints(let values): self = .array(values.map { .int($0) })
    case .doubles(let values): self = .array(values.map { .double($0) })
    case .strings(let values): self = .array(values.map { .string($0) })
    }
  }
}
