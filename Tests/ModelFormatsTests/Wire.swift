import Graphs
import ModelFormats

/// Protocol-buffer bytes written by hand, field by field, without the code under test.
enum Wire {
  static func varint(_ value: UInt64) -> [UInt8] {
    value < 0x80
      ? [UInt8(value)] : [UInt8(truncatingIfNeeded: value) | 0x80] + varint(value >> 7)
  }

  static func int(_ field: Int, _ value: Int) -> [UInt8] {
    varint(UInt64(field << 3)) + varint(UInt64(bitPattern: Int64(value)))
  }

  static func data(_ field: Int, _ value: [UInt8]) -> [UInt8] {
    varint(UInt64(field << 3 | 2)) + varint(UInt64(value.count)) + value
  }

  static func text(_ field: Int, _ value: String) -> [UInt8] { data(field, [UInt8](value.utf8)) }

  static func fixed32(_ field: Int, _ value: Float) -> [UInt8] {
    let pattern = value.bitPattern
    return varint(UInt64(field << 3 | 5))
      + (0..<4).map { UInt8(truncatingIfNeeded: pattern >> ($0 * 8)) }
  }

  /// A model of these fields of its graph.
  static func model(_ graph: [UInt8]) -> [UInt8] {
    int(1, 8) + data(7, graph) + data(8, text(1, "") + int(2, 17))
  }

  /// A model with one initialiser of these fields.
  static func tensor(_ fields: [UInt8]) -> [UInt8] { model(data(5, text(8, "w") + fields)) }

  /// A model with one node of these fields.
  static func node(_ fields: [UInt8]) -> [UInt8] { model(data(1, text(4, "Op") + fields)) }

  /// The graph of some bytes.
  static func read(_ bytes: [UInt8]) throws(ONNXError) -> Graph {
    try ONNX.graph(from: Bytes(bytes))
  }
}
