import Operators

extension YOLOv8Task {
  /// The logits of distances and classes, found by the sizes of what a softmax and a logistic function read.
  ///
  /// Names play no part, so that a network that was pruned, or rounds its values, has the same ones.
  package func taps(in network: NetworkInterior) throws -> [TaskTap] {
    try classes.require(for: Self.name)
    guard let sizes = network.facts[output].sizes, sizes.count == 3, let channels = sizes[1],
      let cells = sizes[2]
    else {
      throw DetectionError.outputs(
        task: Self.name,
        "the sizes of '\(output)' are not known; state the input's size"
      )
    }
    return [
      try distributions(in: network, cells: cells),
      try logits(in: network, cells: cells, classes: channels - 4),
    ]
  }

  private func distributions(in network: NetworkInterior, cells: Int) throws -> TaskTap {
    for found in network.readings(of: .distributes, before: output) {
      let axis = found.axis ?? found.sizes.count
      guard found.sizes.count == 3, axis > 0 else { continue }
      // Which axis is which: the one of the softmax has the bins.
      let others = [1, 2, 3].filter { $0 != axis }
      guard let sides = others.first(where: { found.sizes[$0 - 1] == 4 }),
        let places = others.first(where: { $0 != sides && found.sizes[$0 - 1] == cells })
      else { continue }
      return TaskTap(
        Self.distributionsName,
        of: found.value,
        axes: [0, places, sides, axis]
      )
    }
    throw DetectionError.outputs(
      task: Self.name,
      "no softmax over distances of 4 sides and \(cells) cells lies before '\(output)': the network says distances without "
        + "distributions (reg_max 1, as YOLO26), which this loss does not train; take task match_teacher"
    )
  }

  private func logits(
    in network: NetworkInterior,
    cells: Int,
    classes: Int
  ) throws -> TaskTap {
    for found in network.readings(of: .isLogistic, before: output) {
      if found.sizes == [classes, cells] {
        return TaskTap(Self.logitsName, of: found.value, axes: [0, 2, 1])
      }
      if found.sizes == [cells, classes] {
        return TaskTap(Self.logitsName, of: found.value, axes: [0, 1, 2])
      }
    }
    throw DetectionError.outputs(
      task: Self.name,
      "no logistic function over \(classes) classes and \(cells) cells lies before '\(output)', so there are no logits to train"
    )
  }
}
