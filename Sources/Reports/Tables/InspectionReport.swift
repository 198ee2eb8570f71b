import Detection
import Evaluation
import Graphs
package import Models
import Operators
import PluginKit
package import Pruning

/// What `inspect` tells of a model: a table of its nodes, the totals, and by which conventions they were counted.
package struct InspectionReport {
  let model: Model
  let descriptions: GroupDescriptions?
  /// How its outputs are read as a detector's.
  let reading: OutputReading

  /// A report on a model; with channel groups where `descriptions` are given.
  package init(_ model: Model, groups descriptions: GroupDescriptions? = nil) {
    self.model = model
    self.descriptions = descriptions
    reading = OutputReading(model.interface)
  }

  /// The tables, for people.
  package var text: String {
    let table = nodes
    return "\(model.name): \(header)\n\(detector)\n\(table)\n\(totals)\(groups)"
  }

  private var header: String {
    let inputs = model.inputSizes.map { "\($0.name) \(Self.shape($0.sizes))" }
    let opset = model.graph.model.opset
    return "\(model.graph.nodes.count) nodes, opset \(opset) inside, "
      + "input \(inputs.joined(separator: ", "))"
  }

  /// The head that reads its outputs and how images are prepared, or the nearest head; nothing for what is like no detector.
  private var detector: String {
    guard let line = reading.line else { return "" }
    let images = reading.preparation.map { "\nimages: \($0.words)" } ?? ""
    return "detector: \(line)\(images)\n"
  }

  private var nodes: String {
    var table = TextTable([
      .words("op", limit: 24), .words("name"), .words("output"), .numbers("multiply-adds"),
      .numbers("parameters"), .numbers("bytes"),
    ])
    for node in model.cost.nodes {
      table.add([
        node.op, node.name, Self.shape(node.output), Self.figure(node.multiplyAdds),
        Self.figure(node.parameters), Self.figure(node.activationBytes),
      ])
    }
    table.addRule()
    table.add([
      "total", "", "", Figures.grouped(model.cost.multiplyAdds),
      Figures.grouped(model.cost.parameters), Figures.grouped(model.cost.activationBytes),
    ])
    return table.text
  }

  private var totals: String {
    let cost = model.cost
    var table = TextTable([.words("counted"), .numbers("total"), .words("convention", limit: 96)])
    table.add(["multiply-adds", Figures.grouped(cost.multiplyAdds), CostConvention.ours])
    table.add([
      "  benchmark", Figures.grouped(cost.benchmarkMultiplyAdds), CostConvention.benchmark,
    ])
    table.add([
      "  benchmark, 1×1", Figures.grouped(cost.onePixelMultiplyAdds), CostConvention.onePixel,
    ])
    table.add(["parameters", Figures.grouped(cost.parameters), CostConvention.parameters])
    table.add(["parameter bytes", Figures.grouped(cost.parameterBytes), CostConvention.bytes])
    table.add([
      "activation bytes", Figures.grouped(cost.activationBytes), CostConvention.activations,
    ])
    return table.text
  }

  private var groups: String {
    guard let descriptions else { return "" }
    var table = TextTable([
      .words("channel group"), .numbers("channels"), .numbers("stride"), .words("roles"),
      .numbers("layers"), .numbers("multiply-adds"), .numbers("parameters"),
    ])
    for group in descriptions.offered {
      table.add([
        group.name, "\(group.channels)", group.stride.map(String.init) ?? "?",
        group.roles.names.joined(separator: " "), "\(group.producers.count)",
        Figures.grouped(group.macs), Figures.grouped(group.parameters),
      ])
    }
    var closed = TextTable([
      .words("closed group"), .numbers("channels"), .words("why it is never cut", limit: 96),
    ])
    for (group, reason) in descriptions.closed {
      closed.add([group.name, "\(group.channels)", reason])
    }
    return "\n\(table.text)\n" + (descriptions.closed.isEmpty ? "" : closed.text)
  }

  private static func figure(_ value: Int) -> String { value == 0 ? "" : Figures.grouped(value) }

  /// Sizes joined by ×, `?` for what depends on the data.
  static func shape(_ sizes: [Int?]?) -> String {
    guard let sizes else { return "?" }
    if sizes.isEmpty { return "scalar" }
    return sizes.map { $0.map(String.init) ?? "?" }.joined(separator: "×")
  }

  static func shape(_ sizes: [Int]?) -> String { shape(sizes.map { $0.map(Optional.some) }) }
}
