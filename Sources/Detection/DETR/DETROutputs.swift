/// Where a network says boxes and classes.
package struct DETROutputs: Sendable, Hashable {
  /// How outputs are laid out.
  package enum Layout: Sendable, Hashable {
    /// Boxes and classes are outputs of their own, images x queries x 4 and x classes.
    case apart(boxes: String, classes: String, queries: Int)
    /// One output of images x queries x (box, scores of classes).
    case joined(String, queries: Int)
    /// One output of images x boxes x (box, score, class), chosen inside.
    case ranked(String)
  }

  package let layout: Layout
  /// The channels of classes, none of them included.
  package let count: Int

  /// - Parameters:
  ///   - network: that has them.
  ///   - classes: how many there are, for a network whose outputs do not show it.
  /// - Throws: ``DetectionError/outputs(task:_:)`` for a network without them.
  package init(_ network: NetworkInterface, classes: Int) throws(DetectionError) {
    let flat = network.outputs.filter { $0.rank == 3 }
    if network.outputs.count == 1, let only = flat.first, let width = only.size(2), width > 4 {
      if width == 6, network.has(.ranking, before: only) {
        self.init(.ranked(only.name), classes)
        return
      }
      if let queries = only.size(1) {
        self.init(.joined(only.name, queries: queries), width - 4)
        return
      }
    }
    let boxes = flat.filter { $0.size(2) == 4 && $0.size(1) != nil }
    guard let box = boxes.first(where: { Self.says(["box"], $0) }) ?? boxes.first,
      let queries = box.size(1)
    else { throw Self.missing("no output is images x queries x 4", network) }
    let others = flat.filter { $0.name != box.name && $0.size(1) == queries }
    let named = others.first { Self.says(["logit", "score", "class", "cls"], $0) }
    guard let scores = named ?? (others.count == 1 ? others.first : nil), let count = scores.size(2)
    else { throw Self.missing("no output says classes for the boxes of '\(box.name)'", network) }
    self.init(.apart(boxes: box.name, classes: scores.name, queries: queries), count)
  }

  private init(_ layout: Layout, _ count: Int) {
    self.layout = layout
    self.count = count
  }

  private static func says(_ words: [String], _ value: NetworkInterface.Value) -> Bool {
    words.contains { value.name.lowercased().contains($0) }
  }

  private static func missing(_ reason: String, _ network: NetworkInterface) -> DetectionError {
    .outputs(
      task: DETRTask.name,
      "\(reason): \(network.outputText); export the network with logits and boxes as outputs"
    )
  }
}
