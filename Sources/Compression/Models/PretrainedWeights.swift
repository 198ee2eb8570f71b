package import Graphs
import ModelFormats

/// Weights of a file, taken over by name.
package struct PretrainedWeights: Sendable {
  private let path: String
  private let arrays: [String: Constant]

  /// Reads an ONNX file's constants, or a safetensors file's arrays, checkpoints of ours included.
  ///
  /// - Throws: `ONNXError`, ``SafetensorsError`` or ``WholeFile/Failure``.
  package init(_ path: String) throws {
    self.path = path
    var arrays: [String: Constant] = [:]
    if path.hasSuffix(".onnx") {
      for (name, constant) in try ONNX.read(path).constants { arrays[name] = constant }
    } else {
      for (name, array) in try Safetensors.read(path).arrays {
        arrays[Self.bareName(name)] = array
      }
    }
    self.arrays = arrays
  }

  /// A checkpoint's weights and statistics stand under prefixes, its other arrays are none of the network.
  private static func bareName(_ name: String) -> String {
    for prefix in ["parameters/", "statistics/"] where name.hasPrefix(prefix) {
      return String(name.dropFirst(prefix.count))
    }
    return name
  }

  /// A graph with the file's value for every constant of floats of the same name and shape.
  ///
  /// - Parameters:
  ///   - graph: in its internal form.
  ///   - tell: told how many were taken, and which were not for their shape.
  /// - Returns: the graph.
  /// - Throws: ``RecipeError`` never; ``TrainingError/unusable(_:)`` where none fits.
  package func applied(
    to graph: Graph,
    tell: (String) -> Void
  ) throws(TrainingError) -> Graph {
    var graph = graph
    var taken = 0
    var misfits: [String] = []
    for (name, constant) in graph.constants where constant.type == .float32 {
      guard let array = arrays[name] else { continue }
      guard array.type == .float32, array.shape == constant.shape else {
        misfits.append("'\(name)' (\(Shape(array.shape)), wanted \(Shape(constant.shape)))")
        continue
      }
      graph.constants[name] = array
      taken += 1
    }
    guard taken > 0 else {
      let own = graph.constants.names.first.map { "such as '\($0)'" } ?? ""
      let theirs = arrays.keys.min().map { "such as '\($0)'" } ?? "none"
      throw .unusable(
        "\(path): no weight has a name and shape of the network (\(own)); the file has \(theirs)"
      )
    }
    let all = graph.constants.count { $0.value.type == .float32 }
    tell("\(path): \(taken) of \(all) weights taken over")
    if !misfits.isEmpty {
      tell("warning: not taken over for their shape: \(misfits.joined(separator: ", "))")
    }
    return graph
  }
}
