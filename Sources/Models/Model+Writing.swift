import Graphs
import ModelFormats
import Operators

extension Model {
  /// Writes the model as ONNX, whole or not at all, and reads it back to see that it is what was meant.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - opset: the opset wanted; nil for the file's own where it suffices.
  /// - Throws: ``ModelFailure``.
  package func write(to path: String, opset: Int? = nil) throws(ModelFailure) {
    let exported: Graph
    do { exported = try operators.exported(graph, opset: opset, facts: facts) } catch {
      throw .unexportable(error)
    }
    do { try ONNX.write(exported, to: path) } catch { throw .unwritable(error) }
    let graph: Graph
    do { graph = try ONNX.read(path) } catch { throw .unreadable(error) }
    let written: Model
    do {
      written = try Model(path, graph, sizes: facts.sizes, operators: operators)
    } catch { throw .unanalysable(path, error) }
    guard written.cost.parameters == cost.parameters,
      written.cost.multiplyAdds == cost.multiplyAdds
    else { throw .notAsMeant(path, written: written.cost, meant: cost) }
  }
}
