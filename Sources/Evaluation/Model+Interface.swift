package import Detection
package import Models

extension Model {
  /// What tasks and heads are recognized by.
  package var interface: NetworkInterface { NetworkInterface(graph, facts, operators) }
}
