// libFuzzer's target: whatever the bytes are, reading them ends in a graph or an error, and a graph that was
// read can be written and reads back the same. `scripts/fuzz-onnx.sh SECONDS` builds and runs it.
import Graphs
import ModelFormats

@c(LLVMFuzzerTestOneInput)
public func fuzzONNX(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = unsafe Bytes(copying: UnsafeRawBufferPointer(start: data, count: count))
  let graph: Graph
  do throws(ONNXError) { graph = try ONNX.graph(from: bytes) } catch {
    if case .damaged(_, let offset, _) = error {
      precondition(offset >= 0 && offset <= count, "the offset lies outside the input")
    }
    precondition(!"\(error)".isEmpty)
    return 0
  }
  do { try graph.verify() } catch { precondition(!"\(error)".isEmpty) }
  _ = graph.named()
  _ = graph.consumers()
  do throws(ONNXError) {
    let written = try ONNX.encode(graph)
    let again = try ONNX.graph(from: written)
    // By bytes, because floats that are not numbers are not equal to themselves.
    let rewritten = try ONNX.encode(again)
    precondition(rewritten == written, "reading back gives another graph")
  } catch {
    preconditionFailure("what was read cannot be written and read: \(error)")
  }
  return 0
}
