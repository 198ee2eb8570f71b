package import Graphs

extension OperatorSchema {
  /// Holds a node against the version.
  ///
  /// - Parameters:
  ///   - node: one application of the operator.
  ///   - element: the element type of a value, where it is known; what is not known fits.
  ///   - kind: what is known of a value beside that.
  /// - Returns: what does not fit; nil where all of it does.
  package func misfit(
    of node: Node,
    element: (String) -> ElementType?,
    kind: (String) -> ValueKind = { _ in .tensor }
  ) -> String? {
    if isDeprecated { return "\(name) is deprecated from opset \(since) on" }
    // The one operator that may have some numbers of outputs between the least and the most, and not others.
    if name == "BatchNormalization", ![1, since < 14 ? 5 : 3].contains(node.outputs.count) {
      return
        "\(node.outputs.count) outputs are given; opset \(since)'s \(name) has 1 or \(since < 14 ? 5 : 3)"
    }
    var bound: [String: ElementType] = [:]
    return misfit(node.inputs, inputs, "input", element, kind, &bound)
      ?? misfit(node.outputs, outputs, "output", element, kind, &bound)
      ?? misfit(node.attributes) ?? misfitOfBranches(node)
  }

  /// The element types of a node's outputs, as far as attributes and its inputs' types tell; nil where they do not.
  func outputTypes(
    of node: Node,
    element: (String) -> ElementType?
  ) -> [ElementType?] {
    var bound: [String: ElementType] = [:]
    for (index, value) in node.inputs.enumerated() where !value.isEmpty {
      if let variable = inputs[index]?.variable, let type = element(value) {
        bound[variable] = type
      }
    }
    return node.outputs.indices.map { index -> ElementType? in
      guard let formal = outputs[index], !formal.types.holdsOthers else { return nil }
      if let key = Self.typeAttributes(ofOutput: index).first(where: { attributes[$0] != nil }) {
        // What an attribute states goes before an input's type, and 0 is as if it were not there.
        var number = node.int(key)
        if number == nil, case .int(let value)? = attributes[key]?.fallback { number = value }
        if let number, number != 0 { return ElementType(rawValue: Int32(clamping: number)) }
        // Operators that draw or fill take the input's type where `dtype` states none.
        if key == "dtype" { return node.input(0).flatMap(element) }
      }
      return formal.variable.flatMap { bound[$0] } ?? formal.types.only
    }
  }

  /// The attributes that state an output's element type by its number.
  private static func typeAttributes(ofOutput index: Int) -> [String] {
    switch index {
    case 0: ["to", "dtype", "output_dtype", "output_datatype"]
    case 1, 2: ["stash_type"]
    default: []
    }
  }

  /// The places of outputs that a node leaves out though the version has them always: runtimes do not mind, ONNX's checker does.
  func outputsToName(of node: Node) -> [Int] {
    node.outputs.indices.filter { index in
      guard node.outputs[index].isEmpty, let formal = outputs[index] else { return false }
      return !formal.isOptional && !formal.isVariadic
    }
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
    _ role: String,
    _ element: (String) -> ElementType?,
    _ kind: (String) -> ValueKind,
    _ bound: inout [String: ElementType]
  ) -> String? {
    if names.count < formals.least {
      return
        "\(names.count) \(role)s are given; opset \(since)'s \(name) has \(formals.least) at least"
    }
    for (index, value) in names.enumerated() {
      guard let formal = formals[index] else {
        return "opset \(since)'s \(name) has no \(role) \(index)"
      }
      if value.isEmpty {
        if formal.isOptional || role == "output" || formal.isVariadic && index >= formals.least {
          continue
        }
        return "\(role) '\(formal.name)' is left out, and opset \(since)'s \(name) needs it"
      }
      guard formal.types.holds(kind(value)) else {
        return "\(role) '\(formal.name)' is no tensor, which opset \(since)'s \(name) does not take"
      }
      guard let type = element(value) else { continue }
      guard formal.types.contains(type) else {
        return "\(role) '\(formal.name)' is \(type), which opset \(since)'s \(name) does not take"
      }
      guard let variable = formal.variable else { continue }
      if let other = bound[variable], other != type {
        return "\(role) '\(formal.name)' is \(type) where others of the same type are \(other)"
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
    for (index, formal) in outputs.list.enumerated() {
      for key in Self.typeAttributes(ofOutput: index) {
        guard case .int(let number)? = given[key], key != "output_dtype" || number != 0 else {
          continue
        }
        let type = ElementType(rawValue: Int32(clamping: number))
        guard let type, formal.types.contains(type) || formal.types.isSequence(of: type) else {
          return
            "attribute '\(key)' is \(type.map { "\($0)" } ?? "\(number)"), a type that opset \(since)'s "
            + "\(name) does not give"
        }
      }
    }
    return nil
  }

  /// What does not fit between a node and the branches that it executes: how many values they take and return.
  private func misfitOfBranches(_ node: Node) -> String? {
    func branch(_ key: String) -> Graph? {
      if case .graph(let graph)? = node.attributes[key] { graph } else { nil }
    }
    func returning(_ count: Int, _ key: String, for wanted: Int) -> String? {
      count == wanted ? nil : "'\(key)' returns \(count) values where \(wanted) are wanted"
    }
    switch name {
    case "If":
      for key in ["then_branch", "else_branch"] {
        let count = branch(key)?.outputs.count ?? node.outputs.count
        if let fault = returning(count, key, for: node.outputs.count) { return fault }
      }
    case "Loop", "Scan":
      guard let body = branch("body") else { return nil }
      // A loop's body returns whether to go on before the values that the node gives.
      let condition = name == "Loop" ? 1 : 0
      return returning(body.outputs.count, "body", for: node.outputs.count + condition)
    default: break
    }
    return nil
  }
}
