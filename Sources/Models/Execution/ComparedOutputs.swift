package import Files
import Graphs
package import Operators

/// The outputs of a network that losses and agreement can compare, and those that they cannot.
///
/// Compared are floats of known sizes. Labels, counts and masks have no distance from each other that a loss could use, and what
/// has a row for each box found has other rows in another network.
package struct ComparedOutputs: Sendable, Hashable {
  /// An output that is left out.
  package struct LeftOut: Sendable, Hashable {
    package let output: String
    package let reason: String

    package init(
      output: String,
      reason: String
    ) {
      self.output = output
      self.reason = reason
    }
  }

  /// In the graph's order.
  package private(set) var names: [String] = []
  package private(set) var leftOut: [LeftOut] = []
  /// Whether the names are floats whose sizes are not known, for lack of others: they may differ between networks.
  package let areUncertain: Bool
  private let model: String

  /// Sorts a model's outputs.
  ///
  /// - Parameters:
  ///   - model: the model.
  ///   - facts: an analysis of its graph at other sizes than its own.
  package init(of model: Model, facts: GraphFacts? = nil) {
    self.model = model.name
    let facts = facts ?? model.facts
    var open: [LeftOut] = []
    for output in model.graph.outputs {
      let known = facts[output.name]
      let type = known.element ?? output.type.element ?? .float32
      if !type.isFloatingPoint {
        leftOut.append(LeftOut(output: output.name, reason: "it holds \(type)"))
      } else if known.shape == nil {
        let reason = "its size depends on the data"
        open.append(LeftOut(output: output.name, reason: reason))
        leftOut.append(LeftOut(output: output.name, reason: reason))
      } else {
        names.append(output.name)
      }
    }
    areUncertain = names.isEmpty && !open.isEmpty
    guard areUncertain else { return }
    names = open.map(\.output)
    leftOut.removeAll(where: open.contains)
  }

  /// The same without outputs that another network leaves out.
  package func without(_ other: ComparedOutputs) -> ComparedOutputs {
    var result = self
    for output in other.leftOut where names.contains(output.output) {
      result.names.removeAll { $0 == output.output }
      result.leftOut.append(output)
    }
    return result
  }

  /// Refuses a network of which nothing is compared.
  ///
  /// - Throws: ``Missing``.
  package func require() throws(Missing) {
    if names.isEmpty { throw Missing(model: model, leftOut: leftOut) }
  }

  /// A network without an output that can be compared.
  package struct Missing: Error, Sendable, Hashable {
    package let model: String
    package let leftOut: [LeftOut]

    package init(
      model: String,
      leftOut: [LeftOut]
    ) {
      self.model = model
      self.leftOut = leftOut
    }
  }
}

extension ComparedOutputs.LeftOut: CustomStringConvertible {
  /// The output and why.
  package var description: String { "'\(output)' (\(reason))" }
}

extension ComparedOutputs.LeftOut {
  /// As reports have it.
  package var json: JSONValue { ["output": .string(output), "reason": .string(reason)] }
}

extension [ComparedOutputs.LeftOut] {
  /// The outputs and why, as a line; nil where there are none.
  package var line: String? {
    isEmpty ? nil : "Outputs left out: \(map(\.description).joined(separator: ", "))"
  }
}

extension ComparedOutputs.Missing: CustomStringConvertible {
  /// What the outputs are, and the cure.
  package var description: String {
    let outputs = leftOut.map(\.description).joined(separator: ", ")
    return
      "\(model) has no output of floats to compare networks by: \(outputs.isEmpty ? "none" : outputs); "
      + "export it with the scores or maps that these are made of as outputs"
  }
}
