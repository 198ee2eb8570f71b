import Foundation
import Graphs
import ModelFormats
import TestSupport

/// A detector small enough to reckon by hand, as a file.
///
/// image 1×3×8×8 → Conv 3×3 (3→4) → Relu → Conv 1×1 (4→6) → `boxes/0` 1×6×8×8.
enum SmallDetector {
  /// Multiply-adds by hand: 64·4·27 + 64·6·4.
  static let multiplyAdds = 64 * 4 * 27 + 64 * 6 * 4
  /// Weights and biases by hand: 4·27 + 4 + 6·4 + 6.
  static let parameters = 4 * 27 + 4 + 6 * 4 + 6
  static let output = "boxes/0"

  /// The filters' L1 norms rise with their index, so that the first ones go first.
  static func graph() -> Graph {
    var graph = Graph(
      name: "small",
      nodes: [
        Node(
          "Conv",
          name: "first",
          inputs: ["image", "w1", "b1"],
          outputs: ["c1"],
          attributes: ["pads": .ints([1, 1, 1, 1])]
        ),
        Node("Relu", name: "relu", inputs: ["c1"], outputs: ["r1"]),
        Node("Conv", name: "second", inputs: ["r1", "w2", "b2"], outputs: [output]),
      ],
      inputs: [ValueInfo("image", .float32, [1, 3, 8, 8])],
      outputs: [ValueInfo(output, .float32, [1, 6, 8, 8])]
    )
    graph.model.opset = 13
    graph.model.irVersion = 7
    graph.constants["w1"] = Constant(
      (0..<4 * 27).map { Float(1 + $0 / 27) * ($0.isMultiple(of: 2) ? 0.01 : -0.01) },
      shape: [4, 3, 3, 3]
    )
    graph.constants["b1"] = Constant([0.1, 0.2, 0.3, 0.4], shape: [4])
    graph.constants["w2"] = Constant((0..<24).map { Float($0) / 24 }, shape: [6, 4, 1, 1])
    graph.constants["b2"] = Constant([Float](repeating: 1, count: 6), shape: [6])
    return graph
  }

  /// Writes it into a folder and returns its path.
  static func write(into folder: ScratchFolder) throws -> String {
    let path = folder.path("small.onnx")
    try ONNX.write(graph(), to: path)
    return path
  }
}

extension Subprocess {
  /// The JSON object that the program printed.
  func object() throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: output) as? [String: Any] ?? [:]
  }
}
