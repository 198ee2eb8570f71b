import Evaluation
import Graphs
import Models
import Operators
import Tensors

extension CutEvaluator {
  /// A batch with the values of the uncut network that cuts start from.
  ///
  /// How many are held at once is reckoned before any is run (`memory` of its options), and all are let go together: which batches and families
  /// share a run decides how often the network runs, which a cache that finds out only when it is full cannot plan.
  private struct Held {
    let images: Range<Int>
    let inputs: [String: Tensor]
    let values: [String: Tensor]
  }

  /// Runs the uncut network over some batches, then every cut of some families.
  func run(_ plans: [FamilyPlan], _ batches: [Range<Int>], in session: Session) throws {
    let outputs = model.graph.outputs.map(\.name)
    let resumePoints = Set(plans.flatMap(\.family.reach.resumePoints))
    let wanted = Array(Set(outputs).union(resumePoints).subtracting(model.graph.constants.names))
      .sorted()
    var held: [Held] = []
    for images in batches {
      try stopIfAsked()
      let inputs = try passes.filled(self.images.inputs(images)).mapValues {
        try $0.moved(to: options.device)
      }
      var values = try session.resume(from: inputs, wanting: wanted.filter { inputs[$0] == nil })
      work.executed += session.statistics.multiplyAdds
      values.merge(inputs) { value, _ in value }
      if try isMissing(Self.baseline, images) {
        try save(values, of: Self.baseline, images)
      }
      held.append(Held(images: images, inputs: inputs, values: values))
    }
    for plan in plans { try run(plan, held, in: session) }
  }

  private func run(_ plan: FamilyPlan, _ held: [Held], in session: Session) throws {
    let open = try held.filter { held in
      try plan.family.cuts.contains { try isMissing($0.key, held.images) }
    }
    var sums = open.map { _ in [Tensor?](repeating: nil, count: plan.splits.count) }
    defer { restore(plan, in: session) }
    for (index, cut) in plan.family.cuts.enumerated() {
      var own: Session?
      if plan.way == .shared {
        for (name, constant) in plan.constants[index] {
          try session.set(constant: name, to: constant)
        }
      } else {
        own = Session(
          plan.graphs[index],
          operators: model.operators,
          device: options.device,
          mode: .fast,
          memory: 0,
          resumePoints: plan.way == .whole ? [] : Set(plan.family.reach.resumePoints)
        )
      }
      for (place, held) in open.enumerated() {
        try stopIfAsked()
        for (number, chain) in plan.splits.enumerated() where plan.way == .shared {
          guard let image = held.values[chain.image] else { continue }
          sums[place][number] = try chain.adding(index, of: image, to: sums[place][number])
          work.executed += chain.multiplyAdds
        }
        guard try isMissing(cut.key, held.images) else { continue }
        let values =
          plan.way == .whole
          ? try whole(held, cut, in: own)
          : try changed(plan, index, held, sums[place], in: own ?? session)
        try save(held.values.merging(values) { $1 }, of: cut.key, held.images)
        done += 1
        tell(.work(.cuts, done: done, of: all))
      }
    }
  }

  /// The outputs that a cut changes.
  private func changed(
    _ plan: FamilyPlan,
    _ cut: Int,
    _ held: Held,
    _ sums: [Tensor?],
    in session: Session
  ) throws -> [String: Tensor] {
    var given: [String: Tensor] = [:]
    let resumePoints = plan.way == .shared ? plan.resumePoints : plan.family.reach.resumePoints
    for point in resumePoints {
      guard let value = held.values[point] else { continue }
      given[point] = try plan.kept(point, cut: cut, pruning).reduce(value) { value, kept in
        try value.picked(
          along: kept.axis,
          at: Tensor(kept.indices.map(Int64.init), shape: [kept.indices.count]).moved(
            to: value.device
          )
        )
      }
    }
    if plan.way == .shared {
      for (chain, sum) in zip(plan.splits, sums) {
        guard let sum else { continue }
        given[chain.output] = try chain.finished(sum, others: held.values)
      }
    }
    let outputs = try session.resume(from: given, wanting: plan.family.reach.outputs)
    work.executed += session.statistics.multiplyAdds
    return outputs
  }

  /// All outputs of a cut graph, from the image on.
  private func whole(
    _ held: Held,
    _ cut: EvaluatedCut,
    in session: Session?
  ) throws -> [String: Tensor] {
    guard let session else { throw SensitivityError.internalFault("no session for \(cut.groups)") }
    let outputs = try session.resume(from: held.inputs, wanting: model.graph.outputs.map(\.name))
    work.executed += session.statistics.multiplyAdds
    return outputs
  }

  private func restore(_ plan: FamilyPlan, in session: Session) {
    for name in Set(plan.constants.flatMap(\.keys)) {
      guard let constant = pruning.graph.constants[name] else { continue }
      // The name was set before, so it is a constant of the session.
      try? session.set(constant: name, to: constant)
    }
  }

  private func save(_ values: [String: Tensor], of cut: String, _ images: Range<Int>) throws {
    var outputs: [String: Tensor] = [:]
    for output in model.graph.outputs {
      guard let value = try values[output.name] ?? constant(output.name) else {
        throw SensitivityError.internalFault("no output '\(output.name)'")
      }
      let own = try passes.trimmed(value, to: images.count)
      outputs[output.name] = own.isContiguous ? own : try own.contiguous()
    }
    let records = try self.images.records(outputs, images)
    guard records.count == images.count else {
      throw SensitivityError.internalFault(
        "\(records.count) records for \(images.count) images"
      )
    }
    try store.save(records, of: cut, images)
  }

  private func constant(_ name: String) throws -> Tensor? {
    try model.graph.constants[name]?.tensor(on: options.device)
  }

  private func stopIfAsked() throws {
    if shouldStop() { throw SensitivityError.stopped }
  }

  // MARK: Counting

  /// Adds what these cuts need at least, by the operators' cost rules, and what they need without sharing.
  func countLimit(_ plans: [FamilyPlan], images count: Int) throws {
    let nodes = model.cost.nodes.map(\.multiplyAdds)
    let stated = model.graph.requiredInputs.first.flatMap { model.facts[$0.name].shape?.first } ?? 1
    let whole = model.cost.multiplyAdds
    var (limit, naive) = (whole, whole)
    for plan in plans {
      naive += whole * plan.family.cuts.count
      let inParts = Set(plan.splits.flatMap(\.nodes))
      for chain in plan.splits {
        limit += Int(
          (Double(chain.nodes.reduce(0) { $0 + nodes[$1] }) * chain.shareOfChannels).rounded()
        )
      }
      for (index, cut) in plan.family.cuts.enumerated() {
        let costs = plan.graphs.isEmpty ? nodes : try costs(of: plan.graphs[index])
        for node in cut.reach.nodes where !inParts.contains(node) { limit += costs[node] }
      }
    }
    work.images = count
    work.limit += limit * count / max(stated, 1)
    work.naive += naive * count / max(stated, 1)
  }

  private func costs(of graph: Graph) throws -> [Int] {
    let facts = try GraphFacts(graph, operators: model.operators, sizes: model.facts.sizes)
    return GraphCost(graph, facts: facts, operators: model.operators).nodes.map(\.multiplyAdds)
  }
}
