extension Graph {
  /// Checks every rule of the data: names are made once and before they are read, constants hold what their
  /// shape says, outputs exist.
  ///
  /// - Throws: the first ``GraphError`` found.
  /// - Complexity: O(nodes + values)
  public func verify() throws(GraphError) {
    try verify(outer: [])
    var functions: Set<String> = []
    for function in model.functions {
      let key = "\(function.domain).\(function.name):\(function.overload)"
      guard functions.insert(key).inserted else { throw .duplicateFunction(function.name) }
    }
  }

  private func verify(outer: [Set<String>]) throws(GraphError) {
    var made: Set<String> = []
    for input in inputs {
      guard made.insert(input.name).inserted else { throw .duplicateInput(input.name) }
    }
    for (name, constant) in constants {
      try constant.verify(name: name)
      made.insert(name)
    }
    var nodeNames: Set<String> = []
    for node in nodes {
      if !node.name.isEmpty, !nodeNames.insert(node.name).inserted {
        throw .duplicateNode(node.name)
      }
      for input in node.inputs
      where !input.isEmpty && !made.contains(input)
        && !outer.contains(where: { $0.contains(input) })
      {
        throw .danglingInput(input, node: node.label)
      }
      for (_, value) in node.attributes {
        if case .tensor(let constant) = value { try constant.verify(name: node.label) }
      }
      for (_, graph) in node.subgraphs { try graph.verify(outer: outer + [made]) }
      for output in node.outputs where !output.isEmpty {
        guard made.insert(output).inserted else {
          throw .duplicateValue(output, node: node.label)
        }
      }
    }
    var returned: Set<String> = []
    for output in outputs {
      guard made.contains(output.name) || outer.contains(where: { $0.contains(output.name) }) else {
        throw .missingOutput(output.name)
      }
      guard returned.insert(output.name).inserted else { throw .duplicateOutput(output.name) }
    }
  }
}

extension Constant {
  fileprivate func verify(name: String) throws(GraphError) {
    guard shape.allSatisfy({ $0 >= 0 }) else { throw .negativeSize(constant: name, shape: shape) }
    var total = 1
    for size in shape {
      let (product, overflow) = total.multipliedReportingOverflow(by: size)
      guard !overflow else {
        throw .wrongByteCount(constant: name, expected: nil, found: bytes.count)
      }
      total = product
    }
    if type == .string {
      guard strings.count == total else {
        throw .wrongStringCount(constant: name, expected: total, found: strings.count)
      }
    } else {
      let expected = type.byteCount(of: total)
      guard expected == bytes.count else {
        throw .wrongByteCount(constant: name, expected: expected, found: bytes.count)
      }
    }
  }
}
