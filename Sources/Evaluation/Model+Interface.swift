package import Detection
package import Models

extension Model {
  /// What tasks and heads are recognized by.
  package var interface: NetworkInterface { NetworkInterface(graph, facts, operators) }

  /// Where tasks find the values that their losses read.
  package var interior: NetworkInterior { NetworkInterior(graph, facts, operators) }
}
