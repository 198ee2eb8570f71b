import Graphs
import Models
import Operators
import PluginKit

/// Where in the network groups lie, worked out once for all of them.
struct GroupRoles {
  private let model: Model
  private let outputs: Set<String>
  /// For each node, whether a feature map behind it is read by several layers.
  private let leadsToFork: [Bool]
  private let inputHeight: Int?

  /// - Complexity: O(nodes)
  init(_ model: Model) {
    self.model = model
    outputs = Set(model.graph.outputs.map(\.name))
    leadsToFork = Self.forks(in: model.graph, model.operators)
    let image = model.inputSizes.first { $0.sizes?.count == 4 }
    inputHeight = image?.sizes?[2]
  }

  func roles(of group: ChannelGroup) -> PruningGroup.Roles {
    var roles: PruningGroup.Roles = []
    let producers = Array(group.producers)
    if producers.count > 1 { roles.insert(.residual) }
    if producers.allSatisfy({ !leadsToFork[$0.node] }) { roles.insert(.head) }
    for member in group.members {
      let node = model.graph.nodes[member.node]
      if member.role == .perChannel, let layout = model.operators[node]?.weights,
        layout.form == .convolution, node.input(layout.weight) == member.constant
      {
        roles.insert(.depthwise)
      }
      if member.role == .consumer, node.outputs.contains(where: outputs.contains) {
        roles.insert(.feedsOutput)
      }
    }
    return roles
  }

  /// Input pixels per pixel of the map that the group's first layer makes.
  func stride(of group: ChannelGroup) -> Int? {
    guard let inputHeight, let member = group.members.first,
      let output = model.graph.nodes[member.node].output(0),
      let sizes = model.facts[output].shape, sizes.count == 4, sizes[2] > 0
    else { return nil }
    return inputHeight / sizes[2]
  }

  /// For each node, whether some value behind it is read by two layers with weights of their own.
  ///
  /// Readers without weights count as what they lead to, so that x·sigmoid(x) is no fork.
  private static func forks(in graph: Graph, _ operators: OperatorSet) -> [Bool] {
    let consumers = graph.consumers()
    let isLayer = graph.nodes.map { node in
      operators[node]?.weights != nil
        && node.inputs.contains { (graph.constants[$0]?.shape.count ?? 0) > 1 }
    }
    var nearest = [[Int]](repeating: [], count: graph.nodes.count)
    var forks = [Bool](repeating: false, count: graph.nodes.count)
    for index in graph.nodes.indices.reversed() {
      var layers: [Int] = []
      for reader in graph.nodes[index].outputs.flatMap({ consumers[$0] ?? [] }) {
        forks[index] = forks[index] || forks[reader]
        let found = isLayer[reader] ? [reader] : nearest[reader]
        for layer in found where layers.count < 2 && !layers.contains(layer) {
          layers.append(layer)
        }
      }
      nearest[index] = layers
      forks[index] = forks[index] || layers.count > 1
    }
    return forks
  }
}
