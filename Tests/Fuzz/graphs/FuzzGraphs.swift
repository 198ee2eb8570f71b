// libFuzzer's target: whatever a graph is made of, it is refused, or written as a file that onnx.checker takes
// (`check.py` asks it) and that reads back the same. `scripts/fuzz-graphs.sh RUNS` builds and runs it.
import Glibc
import Graphs
import ModelFormats
import Operators

nonisolated(unsafe) private var batch = Batch()

@c(LLVMFuzzerTestOneInput)
public func fuzzGraphs(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = unsafe [UInt8](UnsafeBufferPointer(start: data, count: count))
  var forge = Forge(Array(bytes.dropFirst(3)))
  let graph = forge.forged()
  guard let origin = readBack(graph) else { return 0 }
  spoil(origin, by: bytes)
  let asked = bytes.first.map { Int($0 % 32) } ?? 0
  // The opset asked for: none, the graph's own, or one from 7 to 22.
  let opset = asked < 12 ? nil : asked < 16 ? graph.model.opset : asked - 9
  if let written = written(origin, opset: opset) {
    _ = unsafe batch.add(written, from: origin)
  }
  return 0
}

/// A graph that can be encoded reads back the same; nil where it is refused.
private func readBack(_ graph: Graph) -> Bytes? {
  let bytes: Bytes
  do throws(ONNXError) { bytes = try ONNX.encode(graph) } catch {
    precondition(!"\(error)".isEmpty)
    return nil
  }
  do throws(ONNXError) {
    let again = try ONNX.encode(try ONNX.graph(from: bytes))
    precondition(again == bytes, "reading back gives another graph")
  } catch {
    preconditionFailure("what was written cannot be read: \(error)")
  }
  return bytes
}

/// Reads the file with a byte changed.
private func spoil(_ file: Bytes, by bytes: [UInt8]) {
  guard bytes.count > 2, bytes[1] < 64, file.count > 0 else { return }
  var spoiled = unsafe file.withUnsafeBytes { unsafe [UInt8]($0) }
  spoiled[(Int(bytes[1]) * 256 + Int(bytes[2])) % spoiled.count] ^= bytes[bytes.count - 1] | 1
  do throws(ONNXError) {
    let graph = try ONNX.graph(from: Bytes(spoiled))
    _ = try? graph.verify()
    _ = try? ONNX.encode(graph)
  } catch { precondition(!"\(error)".isEmpty) }
}

/// The way of a model through the program, from file to file: read, verified, upgraded, exported, encoded.
private func written(_ origin: Bytes, opset: Int?) -> Bytes? {
  let operators = OperatorSet.standard
  do {
    let graph = try ONNX.graph(from: origin)
    try graph.verify()
    let normal = try operators.normalized(graph)
    return try ONNX.encode(try operators.exported(normal, opset: opset))
  } catch {
    precondition(!"\(error)".isEmpty)
    return nil
  }
}
