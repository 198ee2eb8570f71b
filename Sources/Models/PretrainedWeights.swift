package import Graphs
package import ModelFormats

/// Fills a graph's constants by name from a file of weights, and tells what fitted.
package struct PretrainedWeights: Sendable, Hashable {
  /// The file, and how it stores tensors.
  package let path: String
  package let format: WeightTable.Format
  /// Constants that were filled, in the graph's order.
  package private(set) var used: [String] = []
  /// Names of the file that the graph does not have.
  package private(set) var unused: [String] = []
  /// Weights of the graph that the file does not have; they keep their values.
  package private(set) var missing: [String] = []
  /// Tensors that were left out because they were named to be.
  package private(set) var left: [String] = []
  /// Tensors of another shape, where those may keep the graph's values.
  package private(set) var misfits: [String] = []

  /// Fills a graph.
  ///
  /// - Parameters:
  ///   - graph: keeps its own types; numbers with a fraction are converted to them.
  ///   - path: any file that ``WeightFile`` reads.
  ///   - ignored: beginnings of names to leave out, as of a head with other classes.
  ///   - keepsMisfits: whether tensors of another shape are left out, in place of an error.
  /// - Throws: ``PretrainedWeightsError``; the graph is as before then.
  package init(
    filling graph: inout Graph,
    from path: String,
    leavingOut ignored: [String] = [],
    keepsMisfits: Bool = false
  ) throws(PretrainedWeightsError) {
    let table: WeightTable
    do { table = try WeightFile.read(path) } catch { throw .unreadable(error) }
    self.path = path
    format = table.format
    var filled = graph
    for stored in table.entries {
      var entry = stored
      entry.name = Self.bareName(stored.name)
      guard let target = graph.constants[entry.name] else {
        unused.append(entry.name)
        continue
      }
      if ignored.contains(where: entry.name.hasPrefix) {
        left.append(entry.name)
        continue
      }
      if keepsMisfits, entry.value.shape != target.shape {
        misfits.append(entry.name)
        continue
      }
      filled.constants[entry.name] = try Self.fitted(entry, to: target, path)
      used.append(entry.name)
    }
    let found = Set(used).union(left).union(misfits)
    // Scalars are parts of operators, not weights.
    missing = graph.constants.lazy
      .filter { $0.value.type.isFloatingPoint && !$0.value.shape.isEmpty }
      .map(\.name)
      .filter { !found.contains($0) }
    guard !used.isEmpty else {
      throw .nothingFits(
        path: path,
        file: Array(unused.prefix(3)),
        model: Array(missing.prefix(3))
      )
    }
    let places = Dictionary(graph.constants.names.enumerated().map { ($1, $0) }) { first, _ in
      first
    }
    used.sort { places[$0, default: 0] < places[$1, default: 0] }
    graph = filled
  }

  /// A checkpoint's weights and statistics stand under prefixes; its other arrays are none of the network.
  private static func bareName(_ name: String) -> String {
    for prefix in ["parameters/", "statistics/"] where name.hasPrefix(prefix) {
      return String(name.dropFirst(prefix.count))
    }
    return name
  }

  /// A tensor in the type that the graph has for it.
  private static func fitted(
    _ entry: WeightTable.Entry,
    to target: Constant,
    _ path: String
  ) throws(PretrainedWeightsError) -> Constant {
    guard entry.value.shape == target.shape else {
      throw .shape(tensor: entry.name, path: path, file: entry.value.shape, model: target.shape)
    }
    var result = target
    if entry.value.type == target.type {
      result.bytes = entry.value.bytes
      return result
    }
    guard target.type == .float32, let values = entry.value.floats else {
      throw .type(tensor: entry.name, path: path, file: entry.value.type, model: target.type)
    }
    result.bytes = Bytes(values)
    return result
  }
}

/// Why weights do not fit a model.
package enum PretrainedWeightsError: Error, Sendable, Hashable {
  case unreadable(WeightError)
  case shape(tensor: String, path: String, file: [Int], model: [Int])
  case type(tensor: String, path: String, file: ElementType, model: ElementType)
  /// No name of the file is one of the model's; a few of each.
  case nothingFits(path: String, file: [String], model: [String])
}

extension PretrainedWeightsError: CustomStringConvertible {
  /// The tensor, both sides, the file and the cure.
  package var description: String {
    switch self {
    case .unreadable(let error): "\(error)"
    case .shape(let tensor, let path, let file, let model):
      "\(path): '\(tensor)' has the shape \(file) there and \(model) in the model; "
        + "take weights of the same architecture, or leave the tensor out"
    case .type(let tensor, let path, let file, let model):
      "\(path): '\(tensor)' is \(file) there and \(model) in the model; convert it to \(model)"
    case .nothingFits(let path, let file, let model):
      "\(path): none of its names is one of the model's; it has "
        + "\(file.joined(separator: ", ")) …, the model \(model.joined(separator: ", ")) …"
    }
  }
}
