public import Graphs
import ModelFormats

extension SearchedNetwork {
  /// A graph as the ONNX model that crosses the boundary.
  ///
  /// - Throws: ``PluginError`` for a graph that breaks a rule of `Graph.verify()` or cannot be written.
  public static func graph(_ graph: Graph) throws(PluginError) -> SearchedNetwork {
    do throws(ONNXError) {
      return .model(try ONNX.encode(graph).elements(as: UInt8.self))
    } catch {
      throw PluginError(.invalidArgument, "the network cannot be written as ONNX", cause: error)
    }
  }
}
