package import PluginKit

extension ParameterValue {
  /// The words of a value as they are written; strategies' own types decide what they are read as.
  ///
  /// So `1178`, `007`, `1e3` and `true` are names where a text is wanted.
  init(_ node: YAMLNode) {
    if let items = node.items {
      self = .strings(items.map { $0.text ?? $0.kind })
    } else {
      self = .string(node.text ?? node.kind)
    }
  }

  /// A value as a recipe would have it, such as `0.3` or `[a, b]`; what is no YAML is text.
  package init(written text: String) {
    self = (try? YAMLReader.read(text)).map { ParameterValue($0) } ?? .string(text)
  }
}
