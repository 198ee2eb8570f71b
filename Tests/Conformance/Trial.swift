import Graphs
import Operators
import Tensors

/// Runs one case: the model's outputs, and what the analysis says of them.
struct Trial {
  /// How a case ended.
  enum Outcome {
    case passed
    case failed(String)
    case skipped(String)
  }

  let operators: OperatorSet
  let folder: String
  let device: Device

  func run(_ entry: Case) -> Outcome {
    do {
      let graph = try operators.normalized(try entry.model(in: folder))
      let missing = unclaimed(graph)
      guard missing.isEmpty else {
        return .skipped("needs \(missing.sorted().joined(separator: ", "))")
      }
      if let kind = entry.kind { return .failed("data of another kind: \(kind)") }
      guard entry.sets > 0 else { return .failed("no data") }
      for set in 0..<entry.sets {
        let data = try entry.data(set, in: folder)
        if let problem = try difference(graph, entry, data.inputs, data.outputs) {
          return .failed(problem)
        }
      }
      return .passed
    } catch {
      return .failed("\(error)")
    }
  }

  /// Whether all operators of a case are claimed; of a case that is not run too.
  func isClaimed(_ entry: Case) -> Bool {
    guard let graph = try? entry.model(in: folder) else { return false }
    return unclaimed((try? operators.normalized(graph)) ?? graph).isEmpty
  }

  /// Operators of the graph, branches included, that have no kernel.
  private func unclaimed(_ graph: Graph) -> Set<String> {
    var result: Set<String> = []
    for node in graph.nodes {
      if operators[node]?.kernel == nil {
        result.insert(node.domain.isEmpty ? node.op : "\(node.domain).\(node.op)")
      }
      for (_, branch) in node.subgraphs { result.formUnion(unclaimed(branch)) }
    }
    return result
  }

  private func difference(
    _ graph: Graph,
    _ entry: Case,
    _ inputs: [Int: Constant],
    _ outputs: [Int: Constant]
  ) throws -> String? {
    var tensors: [String: Tensor] = [:]
    var sizes = InputSizes()
    var informed = graph
    for (index, input) in graph.inputs.enumerated() {
      guard let value = inputs[index] else { continue }
      tensors[input.name] = try value.tensor(on: device)
      sizes.inputs[input.name] = value.shape
      if value.count <= 64, value.integers != nil { informed.constants[input.name] = value }
    }
    let found = try Session(graph, operators: operators, device: device).run(tensors)
    let closeness = Closeness(rtol: entry.rtol, atol: entry.atol)
    for (index, output) in graph.outputs.enumerated() {
      guard let expected = outputs[index] else { continue }
      guard let tensor = found[output.name] else { return "output '\(output.name)' is missing" }
      if let text = closeness.difference(try tensor.constant(), expected) {
        return "output \(index): \(text)"
      }
    }
    // The analysis must agree, with sizes alone and where small whole numbers are known beforehand.
    for known in [graph, informed] {
      let facts = try GraphFacts(known, operators: operators, sizes: sizes)
      for (index, output) in graph.outputs.enumerated() {
        guard let expected = outputs[index] else { continue }
        if let text = contradiction(facts[output.name], expected, closeness) {
          return "output \(index): analysis says \(text)"
        }
      }
    }
    return nil
  }

  /// What the analysis has wrong of a value; knowing less is not wrong.
  private func contradiction(
    _ facts: ValueFacts,
    _ value: Constant,
    _ closeness: Closeness
  ) -> String? {
    if let element = facts.element, element != value.type {
      return "type \(element) instead of \(value.type)"
    }
    if let sizes = facts.sizes {
      let fits =
        sizes.count == value.shape.count
        && zip(sizes, value.shape).allSatisfy { $0 == nil || $0 == $1 }
      if !fits { return "sizes \(ShapeRules.describe(sizes)) instead of \(value.shape)" }
    }
    return facts.value.flatMap { closeness.difference($0, value) }
  }
}
