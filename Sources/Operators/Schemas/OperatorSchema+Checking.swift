package import Graphs

extension OperatorSchema {
  /// Holds a node against the version.
  ///
  /// - Parameters:
  ///   - node: one application of the operator.
  ///   - element: the element type of a value, where it is known; what is not known fits.
  ///   - isTensor: false for values that are known to be sequences, optional values or the like.
  /// - Returns: what does not fit; nil where all of it does.
  package func misfit(
    of node: Node,
    element: (String) -> ElementType?,
    isTensor: (String) -> Bool = { _ in true }
  ) -> String? {
    if isDeprecated { return "\(name) is deprecated from opset \(since) on" }
    var bound: [String: ElementType] = [:]
    return misfit(node.inputs, inputs, "input", element, isTensor, &bound)
      ?? misfit(node.outputs, outputs, "output", element, isTensor, &bound)
      ?? misfit(node.attributes)
  }

  /// What in a node's form keeps it from being read at all: inputs or outputs too few, too many or left out, attributes of another kind.
  ///
  /// Attributes that the version does not have are left to whoever knows them.
  func unreadable(_ node: Node) -> String? {
    var known = node
    known.attributes.filter { name, _ in attributes[name] != nil }
    return isDeprecated ? nil : misfit(of: known, element: { _ in nil })
  }

  private func misfit(
    _ names: [String],
    _ formals: Formals,
    _ kind: String,
    _ element: (String) -> ElementType?,
    _ isTensor: (String) -> Bool,
    _ bound: inout [String: ElementType]
  ) -> String? {
    if names.count < formals.least {
      return
        "\(names.count) \(kind)s are given; opset \(since)'s \(name) has \(formals.least) at least"
    }
    for (index, value) in names.enumerated() {
      guard let formal = formals[index] else {
        return "opset \(since)'s \(name) has no \(kind) \(index)"
      }
      if value.isEmpty {
        if formal.isOptional || kind == "output" || formal.isVariadic && index >= formals.least {
          continue
        }
        return "\(kind) '\(formal.name)' is left out, and opset \(since)'s \(name) needs it"
      }
      guard isTensor(value) || formal.types.holdsOthers else {
        return "\(kind) '\(formal.name)' is no tensor, which opset \(since)'s \(name) does not take"
      }
      guard let type = element(value) else { continue }
      guard formal.types.contains(type) else {
        return "\(kind) '\(formal.name)' is \(type), which opset \(since)'s \(name) does not take"
      }
      guard let variable = formal.variable else { continue }
      if let other = bound[variable], other != type {
        return "\(kind) '\(formal.name)' is \(type) where others of the same type are \(other)"
      }
      bound[variable] = type
    }
    return nil
  }

  private func misfit(_ given: NamedTable<Attribute>) -> String? {
    for (key, value) in given {
      guard let form = attributes[key] else {
        return "opset \(since)'s \(name) has no attribute '\(key)'"
      }
      if let kind = value.schemaKind, kind != form.kind {
        return "attribute '\(key)' is of another kind than opset \(since)'s"
      }
    }
    for (key, form) in attributes where form.isRequired && given[key] == nil {
      return "attribute '\(key)' is missing, and opset \(since)'s \(name) needs it"
    }
    return nil
  }
}
