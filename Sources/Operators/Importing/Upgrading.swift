import Graphs

/// The upgrades of a node, applied one after another.
struct Upgrading {
  let operators: OperatorSet

  /// Rewrites a node of opset `from` into nodes of the internal form.
  ///
  /// What an upgrade returns is upgraded further from the opset that the upgrade leads to.
  func nodes(
    for node: Node,
    from opset: Int,
    scope: inout UpgradeScope
  ) throws(OperatorError) -> [Node] {
    guard let entry = operators[node],
      let upgrade = entry.upgrades.first(where: { $0.opset > opset })
    else { return [node] }
    // Every upgrade rewrites what is read first into what is made first.
    guard !node.inputs.isEmpty else { throw .at(node: node.label, .missingInput(0)) }
    guard !node.outputs.isEmpty else { throw .at(node: node.label, .mismatch("it has no output")) }
    var result: [Node] = []
    let rewritten: [Node]
    do { rewritten = try upgrade.apply(node, &scope) } catch {
      throw .at(node: "\(node.label) (opset \(opset) to \(upgrade.opset))", error)
    }
    for next in rewritten {
      result += try nodes(for: next, from: upgrade.opset, scope: &scope)
    }
    return result
  }
}
