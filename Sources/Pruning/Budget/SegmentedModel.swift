import Graphs
import Models
import Operators
import PluginKit

/// A model whose channel groups are divided into segments, with the lengths of all axes that cuts make shorter.
struct SegmentedModel {
  let model: Model
  let segments: [ChannelSegment]
  private let widths: [Axis: Width]

  private struct Axis: Hashable {
    let constant: String
    let axis: Int
  }

  /// Divides groups.
  ///
  /// - Parameters:
  ///   - context: the model and its groups.
  ///   - scores: how much each channel of a group that is offered matters; nil leaves the group whole.
  init(_ context: StrategyContext, scores: [[Double]?]) {
    model = context.subject
    let ledger = ChannelLedger(context.pruning.groups.analysis)
    var segments: [ChannelSegment] = []
    var widths: [Axis: Width] = [:]
    for (index, scores) in scores.enumerated() {
      guard let scores else { continue }
      let group = context.descriptions.sources[index]
      let found = ChannelSegment.segments(of: group, index: index, scores: scores) {
        ledger.pieces(of: $0)
      }
      for member in group.members {
        let key = Axis(constant: member.constant, axis: member.axis)
        let full = model.graph.constants[member.constant]?.shape[member.axis] ?? 0
        var width = widths[key] ?? Width(full: full)
        for (number, segment) in found.enumerated() {
          guard let first = segment.positions.first else { continue }
          let count = member.positions.count { $0 == Int32(first) }
          guard count > 0 else { continue }
          width.parts.append(.init(segment: segments.count + number, count: count))
        }
        widths[key] = width
      }
      segments += found
    }
    self.segments = segments
    self.widths = widths
  }

  /// How long an axis of a constant is.
  func width(_ constant: String, _ axis: Int) -> Width {
    if let known = widths[Axis(constant: constant, axis: axis)] { return known }
    let shape = model.graph.constants[constant]?.shape ?? []
    return Width(full: shape.indices.contains(axis) ? shape[axis] : 1)
  }

  /// The axes of constants that get shorter, by constant.
  var cutConstants: [(name: String, axes: [Int])] {
    Dictionary(grouping: widths.keys.filter { widths[$0]?.parts.isEmpty == false }, by: \.constant)
      .map { ($0.key, $0.value.map(\.axis).sorted()) }.sorted { $0.name < $1.name }
  }
}

extension SegmentedModel {
  /// What layers have of the multiply-adds, exact but for products of maps with each other.
  var multiplyAdds: [CostTerm] {
    model.graph.nodes.indices.compactMap { place in
      guard let probe = LayerProbe(place, of: model, width: width) else { return nil }
      let pairs = Double(probe.input.full * probe.output.full)
      let macs = Double(model.cost.nodes[place].multiplyAdds)
      return CostTerm(input: probe.input, output: probe.output, rule: .product(macs / pairs))
    }
  }

  /// What constants have of the file's bytes; those with more than two axes that get shorter count two of them.
  var bytes: [CostTerm] {
    cutConstants.compactMap { name, axes in
      guard let constant = model.graph.constants[name] else { return nil }
      let first = width(name, axes[0])
      let second = axes.count > 1 ? width(name, axes[1]) : Width(full: 1)
      let share = Double(constant.bytes.count) / Double(first.full * second.full)
      return CostTerm(input: first, output: second, rule: .product(share))
    }
  }

  /// The layers that can be timed by themselves.
  var probes: [LayerProbe] {
    model.graph.nodes.indices.compactMap { LayerProbe($0, of: model, width: width) }
  }
}
