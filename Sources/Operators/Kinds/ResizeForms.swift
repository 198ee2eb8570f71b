import Graphs

/// How `Resize` was written in older opsets, back to `Upsample`.
enum ResizeForms {
  static let downgrades: [Downgrade] = [
    Downgrade(below: 19) { (node, _) throws(OperatorError) in
      guard node.string("coordinate_transformation_mode") != "half_pixel_symmetric" else {
        throw .unsupported("'half_pixel_symmetric' came with opset 19")
      }
      return node
    },
    // Inputs could not be left out: an empty tensor stands for one.
    Downgrade(below: 13) { (node, scope) throws(OperatorError) in
      var older = node
      while older.inputs.count < 3 { older.inputs.append("") }
      for index in 1...2 where older.inputs[index].isEmpty {
        let empty = Constant([Float](), shape: [0])
        older.inputs[index] = scope.add(empty, hint: "\(node.outputs.first ?? "resize")/none")
      }
      return older
    },
    Downgrade(below: 11) { (node, scope) throws(OperatorError) in try byScales(node, scope) },
    Downgrade(below: 10) { (node, _) throws(OperatorError) in
      var older = node
      older.op = "Upsample"
      return older
    },
    Downgrade(below: 9) { (node, scope) throws(OperatorError) in
      guard let scales = scope.constant(node.input(1))?.floats else {
        throw .unsupported("the scales are computed, and opset 9 made them an input")
      }
      var older = node
      older.attributes["scales"] = .floats(scales)
      older.dropInputs(from: 1)
      return older
    },
  ]

  /// Opset 10 knew one coordinate transformation, one rounding, and no wanted sizes.
  private static func byScales(
    _ node: Node,
    _ scope: DowngradeScope
  ) throws(OperatorError) -> Node {
    let mode = node.string("mode", default: "nearest")
    let isFloor = mode != "nearest" || node.string("nearest_mode") == "floor"
    guard node.string("coordinate_transformation_mode") == "asymmetric", isFloor,
      mode == "nearest" || mode == "linear"
    else { throw .unsupported("its coordinate transformation or rounding came with opset 11") }
    guard let scales = node.input(2), scope.constant(scales)?.count != 0, node.input(3) == nil
    else { throw .unsupported("a wanted size came with opset 11") }
    guard node.int("exclude_outside", default: 0) == 0 else {
      throw .unsupported("'exclude_outside' came with opset 11")
    }
    var older = node
    older.inputs = [node.inputs[0], scales]
    older.attributes = ["mode": .text(mode)]
    return older
  }
}
