import FoundationEssentials
import Graphs
import ModelFormats
import Operators

/// Writes every case again in each opset that can say it, for `check-rewritten.py` to hold against onnx and ONNX Runtime.
struct Rewriting {
  let operators: OperatorSet
  /// Where `generate.py` wrote the cases, and where the new files go.
  let folder: String
  let target: String

  /// How many files were written, and what kept cases from their own opset.
  struct Result {
    var written = 0
    var read = 0
    var unread = 0
    var moved: [String] = []
  }

  /// Writes `NAME.OPSET.onnx` for all cases, and `NAME.kept.onnx` in the opset that an export chooses.
  func run(_ cases: [Case]) throws -> Result {
    var result = Result()
    for suite in Set(cases.map(\.suite)) {
      try FileManager.default.createDirectory(
        atPath: "\(target)/\(suite)",
        withIntermediateDirectories: true
      )
    }
    for entry in cases {
      guard var graph = try? entry.model(in: folder) else { continue }
      graph.model.fileOpset = graph.model.opset
      guard let normal = try? operators.normalized(graph) else {
        result.unread += 1
        continue
      }
      result.read += 1
      let path = "\(target)/\(entry.suite)/\(entry.name)"
      for opset in 7...22 {
        guard let written = try? operators.exported(normal, opset: opset) else { continue }
        try ONNX.write(written, to: "\(path).\(opset).onnx")
        result.written += 1
      }
      do {
        let kept = try operators.exported(normal)
        if kept.model.opset != entry.opset {
          var reason = ""
          do { _ = try operators.exported(normal, opset: entry.opset) } catch {
            reason = "\(error)"
          }
          result.moved.append("\(entry.name) \(entry.opset) -> \(kept.model.opset): \(reason)")
        }
        try ONNX.write(kept, to: "\(path).kept.onnx")
        result.written += 1
      } catch { result.moved.append("\(entry.name) \(entry.opset) has no form: \(error)") }
    }
    return result
  }
}
