package import Files
package import Graphs

extension Graph {
  /// Metadata keys of steps start so; a number follows.
  package static let provenancePrefix = "espalier.step."

  /// Writes down a step in the model's metadata, under the first number that is free.
  package mutating func record(step members: [JSONValue.Member]) {
    var number = 0
    while model.metadata["\(Self.provenancePrefix)\(number)"] != nil { number += 1 }
    model.metadata["\(Self.provenancePrefix)\(number)"] = JSONValue.object(members).line
  }
}
