import Graphs

/// The channels that are left of the head's layers, as the benchmark's tables list them: filters of 0.0, 0.1, 1.0, 1.1,
/// 2 and tip, level by level.
struct KeptChannels {
  let filters: [[Int]]

  static let sensity = KeptChannels(filters: [
    [461, 819, 410, 819, 410, 922], [205, 358, 179, 358, 205, 461], [90, 154, 77, 154, 77, 179],
  ])
  static let r578 = KeptChannels(filters: [
    [256, 512, 256, 512, 256, 512], [77, 154, 77, 154, 77, 154], [26, 51, 26, 51, 26, 51],
  ])

  /// The graph with smaller tensors, written straight into the shapes: no rule of propagation takes part.
  func cut(_ graph: Graph) -> Graph {
    var graph = graph
    for (level, kept) in filters.enumerated() {
      let block = "yolo_block.\(level)"
      var input: Int?
      for (name, filters) in zip(["0.0", "0.1", "1.0", "1.1", "2", "tip"], kept) {
        graph.resize("\(block).\(name).conv.weights", filters: filters, channels: input)
        for each in ["scale", "offset", "mean", "var"] {
          graph.resize("\(block).\(name).bn.\(each)", filters: filters, channels: nil)
        }
        input = filters
      }
      graph.resize("yolo_output.\(level).conv.weights", filters: nil, channels: kept[5])
      if level < 2 {
        graph.resize("yolo_transition.\(level).conv.weights", filters: nil, channels: kept[4])
      }
    }
    return graph
  }
}

extension Graph {
  /// Gives a constant of zeros other sizes; the sizes left out stay.
  fileprivate mutating func resize(_ name: String, filters: Int?, channels: Int?) {
    guard var constant = constants[name] else { return }
    if let filters { constant.shape[0] = filters }
    if let channels { constant.shape[1] = channels }
    constant.bytes = constant.bytes[0..<4 * constant.count]
    constants[name] = constant
  }
}
