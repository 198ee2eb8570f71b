import Datasets
import Detection
package import Files
import Graphs
import Models
import Operators
import PluginKit
import Pruning

extension InspectionReport {
  /// The same as JSON, on the schema `espalier.inspect/1` of docs/cli.md.
  package var json: JSONValue {
    let cost = model.cost
    var members: [JSONValue.Member] = [
      .init("schema", "espalier.inspect/1"),
      .init("model", .string(model.name)),
      .init("opset", .int(model.graph.model.opset)),
      .init("inputs", .array(model.inputSizes.map { Self.input($0.name, $0.sizes) })),
      .init("outputs", .array(model.graph.outputs.map { output(named: $0.name) })),
      .init("detector", detector),
      .init("totals", Self.totals(cost)),
      .init("conventions", Self.conventions),
      .init("nodes", .array(cost.nodes.map(Self.node))),
    ]
    if let descriptions {
      members.append(.init("groups", .array(descriptions.offered.map(Self.group))))
      members.append(
        .init(
          "closedGroups",
          .array(
            descriptions.closed.map { group, reason in
              [
                "name": .string(group.name), "channels": .int(group.channels),
                "reason": .string(reason),
              ]
            }
          )
        )
      )
    }
    return .object(members)
  }

  private var detector: JSONValue {
    let preparation = reading.preparation.map { preparation -> JSONValue in
      [
        "order": .string(preparation.normalization.order.rawValue),
        "divisor": .double(preparation.normalization.divisor),
        "mean": .array(preparation.normalization.mean.map { .double($0) }),
        "deviation": .array(preparation.normalization.deviation.map { .double($0) }),
        "fit": .string(preparation.fit.rawValue),
        "fill": .int(Int(preparation.fill)),
      ]
    }
    return [
      "head": reading.head.map { .string($0) } ?? .null,
      "reason": .string(reading.reason),
      "nearest": reading.nearest.map { .string($0) } ?? .null,
      "preparation": preparation ?? .null,
      "classes": JSONValue(reading.classes),
      "namedClasses": .int(reading.namedClasses),
    ]
  }

  /// The totals of a cost, as every report on costs has them.
  static func totals(_ cost: GraphCost) -> JSONValue {
    [
      "multiplyAdds": .int(cost.multiplyAdds),
      "benchmarkMultiplyAdds": .int(cost.benchmarkMultiplyAdds),
      "onePixelMultiplyAdds": .int(cost.onePixelMultiplyAdds),
      "parameters": .int(cost.parameters),
      "parameterBytes": .int(cost.parameterBytes),
      "activationBytes": .int(cost.activationBytes),
    ]
  }

  private static let conventions: JSONValue = [
    "multiplyAdds": .string(CostConvention.ours),
    "benchmarkMultiplyAdds": .string(CostConvention.benchmark),
    "onePixelMultiplyAdds": .string(CostConvention.onePixel),
    "parameters": .string(CostConvention.parameters),
    "parameterBytes": .string(CostConvention.bytes),
    "activationBytes": .string(CostConvention.activations),
  ]

  private static func input(_ name: String, _ sizes: [Int?]?) -> JSONValue {
    ["name": .string(name), "sizes": sizes.map { .array($0.map { JSONValue($0) }) } ?? .null]
  }

  private func output(named name: String) -> JSONValue {
    Self.input(name, model.facts[name].sizes)
  }

  private static func node(_ node: NodeCost) -> JSONValue {
    [
      "op": .string(node.op),
      "name": .string(node.name),
      "output": JSONValue(node.output),
      "multiplyAdds": .int(node.multiplyAdds),
      "benchmarkMultiplyAdds": .int(node.benchmarkMultiplyAdds),
      "onePixelMultiplyAdds": .int(node.onePixelMultiplyAdds),
      "parameters": .int(node.parameters),
      "parameterBytes": .int(node.parameterBytes),
      "activationBytes": .int(node.activationBytes),
    ]
  }

  private static func group(_ group: PruningGroup) -> JSONValue {
    [
      "name": .string(group.name),
      "op": .string(group.op),
      "channels": .int(group.channels),
      "stride": JSONValue(group.stride),
      "roles": JSONValue(group.roles.names),
      "multiplyAdds": .int(group.macs),
      "parameters": .int(group.parameters),
      "members": .array(
        group.members.map { member in
          [
            "name": .string(member.name), "op": .string(member.op),
            "kind": .string("\(member.kind)"), "axis": .int(member.axis),
          ]
        }
      ),
    ]
  }
}

extension PruningGroup.Roles {
  /// The roles' names, as recipes spell them.
  var names: [String] {
    let all: [(PruningGroup.Roles, String)] = [
      (.head, "head"), (.feedsOutput, "feeds-output"), (.depthwise, "depthwise"),
      (.residual, "residual"),
    ]
    return all.filter { contains($0.0) }.map(\.1)
  }
}
