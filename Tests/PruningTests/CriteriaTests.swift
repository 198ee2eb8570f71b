import Graphs
import Models
import Operators
import PluginHost
import PluginKit
import Pruning
import TestNetworks
import TestSupport
import Testing

/// Published criteria beside their formulas in numpy, and reckoned by hand, all through the C boundary.
@Suite(.enabled("the built-in plugins are not built: run make build") { DistillProblem.areBuilt })
struct CriteriaTests {
  private static let names = ["taylor", "group_fisher", "fpgm", "lamp"]
  private let registry = DistillProblem.registry()

  /// A network whose gradients are drawn, or given.
  private final class Drawn: PruningContext {
    private let context: StrategyContext
    private let gradients: [String: [Float]]
    private let masks: [[[Double]]]

    init(
      _ graph: Graph,
      gradients: [String: [Float]]? = nil,
      masks: [[[Double]]]? = nil
    ) throws {
      let model = try Model.analysed("drawn", graph, inputSize: nil).separatingWeights()
      let groups = ChannelGroups(model.graph, facts: model.facts, operators: model.operators)
      context = StrategyContext(model, pruning: ChannelPruning(model.graph, groups: groups))
      var net = SmallNetwork(seed: 31)
      var drawn: [String: [Float]] = [:]
      for name in model.graph.constants.names.sorted() {
        drawn[name] = net.floats(model.graph.constants[name]?.count ?? 0)
      }
      self.gradients = gradients ?? drawn
      self.masks =
        masks
        ?? context.groups.map { group in
          (0..<3).map { _ in net.floats(group.channels).map(Double.init) }
        }
    }

    var groups: [PruningGroup] { context.groups }
    var gradientSamples: Int { masks[0].count }

    func weight(_ member: Int, of group: PruningGroup) throws(PluginError) -> WeightView {
      try context.weight(member, of: group)
    }

    func gradient(_ member: Int, of group: PruningGroup) throws(PluginError) -> WeightView {
      let shape = try context.weight(member, of: group).shape
      return WeightView(gradients[group.members[member].name] ?? [], shape: shape)
    }

    func maskGradients(of group: PruningGroup) throws(PluginError) -> [[Double]] {
      masks[group.index]
    }

    func importance(of group: PruningGroup) throws(PluginError) -> [Double] {
      try context.importance(of: group)
    }

    func model() throws(PluginError) -> [UInt8] { try context.model() }

    func cost(of plans: [PruningPlan]) throws(PluginError) -> [PruningCost] {
      try context.cost(of: plans)
    }

    /// The group as the oracle reads it.
    func text(of group: PruningGroup) throws -> String {
      func list(_ values: some Sequence<some CustomStringConvertible>) -> String {
        "[" + values.map(\.description).joined(separator: ",") + "]"
      }
      let members = try group.members.map { member in
        let weight = try weight(member.index, of: group)
        let gradient = try gradient(member.index, of: group)
        return """
          {"name": "\(member.name)", "kind": \(member.kind.rawValue), "axis": \(member.axis), "first": \(member.first),
           "count": \(member.count), "at": \(member.at), "block": \(member.block), "shape": \(list(weight.shape)),
           "w": \(list(weight.floats)), "g": \(list(gradient.floats))}
          """
      }
      let masks = masks[group.index].map { list($0) }
      return """
        {"channels": \(group.channels), "macs": \(group.macs), "params": \(group.parameters),
         "members": [\(members.joined(separator: ","))], "masks": [\(masks.joined(separator: ","))]}
        """
    }
  }

  /// The four formulas, written over index sets rather than runs.
  private static let oracle = """
    import json, sys
    import numpy as np
    for group in json.load(open(sys.argv[1])):
        n, taylor, layers = group["channels"], np.zeros(group["channels"]), {}
        for m in group["members"]:
            w = np.moveaxis(np.array(m["w"], np.float32).astype(np.float64).reshape(m["shape"]), m["axis"], 0)
            g = np.moveaxis(np.array(m["g"], np.float32).astype(np.float64).reshape(m["shape"]), m["axis"], 0)
            for k in range(m["count"]):
                c, rows = m["first"] + k, slice(m["at"] + k * m["block"], m["at"] + (k + 1) * m["block"])
                taylor[c] += ((w[rows] * g[rows]) ** 2).sum()
                if m["kind"] == 1:
                    layers.setdefault(m["name"], {})[c] = w[rows].ravel()
        fisher = 0.5 * (np.array(group["masks"]) ** 2).sum(0)
        fpgm, lamp, made = np.zeros(n), np.zeros(n), np.zeros(n)
        for filters in layers.values():
            channels = np.array(list(filters)); f = np.stack([filters[c] for c in channels])
            d = np.sqrt(((f[:, None] - f[None]) ** 2).sum(2)).sum(1)
            fpgm[channels] += d if len(layers) == 1 else d / d.mean()
            u = (f ** 2).sum(1)
            lamp[channels] += [v / u[u >= v].sum() for v in u]
            made[channels] += 1
        for scores in taylor, fisher, fisher / (group["macs"] / n), fisher / (group["params"] / n), fpgm, lamp / made:
            print(*scores)
    """

  @Test(.enabled(if: Python.isPresent, Comment(rawValue: Python.reason)))
  func `scores of a residual sum, depthwise filters and a concatenation are those of numpy`() throws
  {
    let drawn = try Drawn(SmallNetwork.detector)
    let groups = drawn.groups
    // The residual sum has two producers, the depthwise filter is a member, the concatenation a run behind another.
    #expect(groups.contains { $0.producers.count > 1 })
    #expect(groups.contains { $0.roles.contains(.depthwise) })
    #expect(groups.contains { $0.members.contains { $0.at > 0 } })
    let folder = try ScratchFolder()
    let texts = try groups.map { try drawn.text(of: $0) }
    let file = try folder.write("[\(texts.joined(separator: ","))]", to: "groups.json")
    let lines = try Python.run(Self.oracle, [file]).split(separator: "\n").map { line in
      line.split(separator: " ").compactMap { Double($0) }
    }
    let cases: [(String, [String: ParameterValue])] = [
      ("taylor", [:]), ("group_fisher", ["per": .string("none")]),
      ("group_fisher", ["per": .string("macs")]), ("group_fisher", ["per": .string("params")]),
      ("fpgm", [:]), ("lamp", [:]),
    ]
    #expect(lines.count == groups.count * cases.count)
    for (place, group) in groups.enumerated() {
      for (number, (name, settings)) in cases.enumerated() {
        let scorer = try registry.scorer(named: name, settings: settings)
        let scores = try scorer.score(group, of: drawn)
        let wanted = lines[place * cases.count + number]
        #expect(scores.count == wanted.count)
        for (a, b) in zip(scores, wanted) {
          #expect(abs(a - b) <= 1e-5 * abs(b) + 1e-12, "\(name) of \(group.name): \(a), numpy \(b)")
        }
      }
    }
  }

  /// Two filters of two weights, (1, 2) and (3, 4), read by one filter (5, 6).
  private func twoFilters(masks: [[[Double]]]? = nil) throws -> Drawn {
    var graph = Graph(model: ModelInfo(opsets: ["": 22], irVersion: 10))
    graph.inputs = [ValueInfo("x", .float32, [1, 2, 1, 1])]
    graph.constants["a"] = Constant([1, 2, 3, 4] as [Float], shape: [2, 2, 1, 1])
    graph.constants["b"] = Constant([5, 6] as [Float], shape: [1, 2, 1, 1])
    graph.nodes = [
      Node("Conv", name: "na", inputs: ["x", "a"], outputs: ["ya"]),
      Node("Conv", name: "nb", inputs: ["ya", "b"], outputs: ["yb"]),
    ]
    graph.outputs = [ValueInfo("yb", .float32, [1, 1, 1, 1])]
    return try Drawn(graph, gradients: ["a": [1, -1, 0, 0.5], "b": [0.1, 0.5]], masks: masks)
  }

  @Test func `two filters score as reckoned by hand`() throws {
    let drawn = try twoFilters(masks: [[[1, 2], [-3, 0]]])
    func scores(_ name: String, _ settings: [String: ParameterValue] = [:]) throws -> [Double] {
      try registry.scorer(named: name, settings: settings).score(drawn.groups[0], of: drawn)
    }
    // (1·1)² + (2·-1)² + (5·0.1)² and (3·0)² + (4·0.5)² + (6·0.5)².
    let taylor = try scores("taylor")
    #expect(abs(taylor[0] - 5.25) < 1e-6 && abs(taylor[1] - 13) < 1e-6)
    // ½(1² + 3²) and ½·2²; six multiply-adds and six weights of two channels are three each.
    #expect(try scores("group_fisher", ["per": .string("none")]) == [5, 2])
    #expect(try scores("group_fisher").map { $0 * 3 } == [5, 2])
    // Each lies √(2² + 2²) from the other.
    #expect(try scores("fpgm").allSatisfy { abs($0 - 8.squareRoot()) < 1e-6 })
    // 5 / (5 + 25), and the largest is all.
    let lamp = try scores("lamp")
    #expect(abs(lamp[0] - 5.0 / 30) < 1e-12 && lamp[1] == 1)
  }

  @Test func `filters of one norm share it, and none of a layer without weights counts`() throws {
    var net = SmallNetwork()
    net.convolve("a", "x", 3, 4)
    net.convolve("b", "a", 4, 2)
    net.constant("a.w", Constant([Float](repeating: 0.5, count: 108), shape: [4, 3, 3, 3]))
    net.finish(["b"])
    let equal = try Drawn(net.graph)
    let lamp = try registry.scorer(named: "lamp")
    #expect(try lamp.score(equal.groups[0], of: equal) == [0.25, 0.25, 0.25, 0.25])
    net.constant("a.w", Constant([Float](repeating: 0, count: 108), shape: [4, 3, 3, 3]))
    let empty = try Drawn(net.graph)
    #expect(try lamp.score(empty.groups[0], of: empty) == [0, 0, 0, 0])
  }

  @Test(arguments: names)
  func `a target takes the least scores of all groups, and no more than it needs`(
    name: String
  ) throws {
    let drawn = try Drawn(SmallNetwork.detector)
    let whole = try drawn.cost(of: [PruningPlan()])[0].macs
    let settings: [String: ParameterValue] = ["target_macs": .double(0.6)]
    let plan = try registry.pruner(named: name, settings: settings).plan(for: drawn)
    #expect(try Double(drawn.cost(of: [plan])[0].macs) <= 0.6 * Double(whole))
    // Of a group's scores the least go, so its largest that goes is below its least that stays; over groups likewise.
    var (gone, kept, removed) = (-Double.infinity, [Double](), 0)
    let scorer = try registry.scorer(named: name)
    var last: (group: String, count: Int, score: Double)?
    for group in drawn.groups {
      let scores = try scorer.score(group, of: drawn)
      let mean = scores.reduce(0, +) / Double(scores.count)
      let ranked = scores.map { name == "fpgm" ? $0 / mean : $0 }.sorted()
      var count = 0
      if case .ratio(let ratio)? = plan.cuts[group.name] {
        count = Int((ratio * Double(group.channels)).rounded())
      }
      removed += count
      if count > 0 {
        gone = max(gone, ranked[count - 1])
        if ranked[count - 1] >= last?.score ?? -.infinity {
          last = (group.name, count, ranked[count - 1])
        }
      }
      let least = max(1, Int((0.1 * Double(group.channels)).rounded(.up)))
      #expect(group.channels - count >= least)
      if group.channels - count > least { kept.append(ranked[count]) }
    }
    #expect(kept.allSatisfy { $0 >= gone })
    // One channel fewer would miss the target.
    let (group, count, _) = try #require(last)
    var fewer = plan
    let channels = try #require(drawn.groups.first { $0.name == group }).channels
    fewer.cuts[group] = count == 1 ? nil : .ratio(Double(count - 1) / Double(channels))
    #expect(try Double(drawn.cost(of: [fewer])[0].macs) > 0.6 * Double(whole))
    #expect(removed > 0)
  }

  @Test(arguments: names)
  func `a target that cannot be reached is refused with what can be`(name: String) throws {
    let drawn = try Drawn(SmallNetwork.detector)
    let settings: [String: ParameterValue] = [
      "target_macs": .double(0.2), "keep_at_least": .double(0.9),
    ]
    let pruner = try registry.pruner(named: name, settings: settings)
    let error = try #require(throws: PluginError.self) { _ = try pruner.plan(for: drawn) }
    #expect(error.message.contains("lower keep_at_least"))
    #expect(throws: PluginHostError.self) {
      _ = try registry.pruner(named: name, settings: ["target_macs": .double(1.5)])
    }
  }

  @Test(arguments: names + ["uniform"])
  func `24: the same seed gives the same bits, whatever was loaded before`(name: String) throws {
    func plan(after others: [String]) throws -> (PruningPlan, [[Double]]) {
      let registry = DistillProblem.registry()
      for other in others { _ = try registry.description(of: other) }
      let drawn = try Drawn(SmallNetwork.detector)
      let settings: [String: ParameterValue] =
        name == "uniform" ? ["score": .string("lamp")] : ["target_macs": .double(0.6)]
      let pruner = try registry.pruner(named: name, settings: settings)
      let scorer =
        try name == "uniform" ? registry.scorer(named: "lamp") : registry.scorer(named: name)
      return (
        try pruner.plan(for: drawn), try drawn.groups.map { try scorer.score($0, of: drawn) }
      )
    }
    let first = try plan(after: [])
    let second = try plan(after: ["cwd", "uniform", "sensitivity"])
    let third = try plan(
      after: ["lamp", "width", "mse"].filter { registry.interface(of: $0) != nil }
    )
    #expect(first.0 == second.0 && first.0 == third.0)
    #expect(first.1 == second.1 && first.1 == third.1)
  }
}

extension WeightView {
  fileprivate var floats: [Float] {
    withValues { values in values.indices.map { values[$0] } }
  }
}
