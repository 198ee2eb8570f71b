import Files
import Models
import Operators
import Pruning
import Reports

/// `espalier inspect`: what a model has and costs, node by node.
enum Inspect {
  private static let groups = Option.flag("groups", "List the channel groups that can be cut, too.")

  static let verb = Verb(
    name: "inspect",
    summary: "Show a model's nodes, what they cost, and its channel groups.",
    operands: [.init(name: "MODEL", help: "An ONNX file.")],
    options: [groups, .inputSize],
    notes: "Weights are not read and the runtime is not loaded: it takes milliseconds."
  ) { invocation, console in
    let model = try invocation.model(console)
    var descriptions: GroupDescriptions?
    if invocation.has(groups) {
      let model = try model.separatingWeights()
      let found = ChannelGroups(model.graph, facts: model.facts, operators: model.operators)
      descriptions = GroupDescriptions(model, groups: found)
    }
    let report = InspectionReport(model, groups: descriptions)
    console.write(console.wantsJSON ? report.json.text : report.text)
    return .success
  }
}
