package import Graphs
import Tensors

/// Normalisation by statistics: of the batch, of an instance, of a layer, of a neighbourhood.
package enum Normalization {
  static let operators: [Operator] = [
    Operator(
      "BatchNormalization",
      shapes: batchShapes,
      channels: .batchNormalization,
      parameters: [1: .normScale, 2: .normOffset, 3: .statistic, 4: .statistic],
      upgrades: [
        // Opset 9 took `spatial` away; 14 replaced outputs that were left in by `training_mode`.
        Upgrade(to: 9) { (node, _) throws(OperatorError) in
          guard node.int("spatial", default: 1) == 1 else {
            throw .unsupported("spatial=0: statistics for each place cannot be upgraded")
          }
          return [node.without("spatial")]
        },
        Upgrade(to: 14) { (node, _) throws(OperatorError) in
          guard node.outputs.dropFirst().contains(where: { !$0.isEmpty }) else {
            var node = node
            node.outputs = Array(node.outputs.prefix(1))
            return [node]
          }
          throw .unsupported("batch norm with training outputs, as before opset 14")
        },
      ],
      downgrades: [
        Downgrade(below: 14) { (node, _) throws(OperatorError) in
          guard node.int("training_mode", default: 0) == 0 else {
            throw .unsupported("'training_mode' came with opset 14")
          }
          return node.without("training_mode")
        }
      ],
      kernel: batch
    ),
    Operator(
      "InstanceNormalization",
      shapes: ShapeRules.same(),
      channels: .perChannelNormalization,
      parameters: [1: .normScale, 2: .normOffset]
    ) { call in
      [
        try ATen.one(
          "instance_norm",
          "",
          call.input(0),
          call.input(1),
          call.input(2),
          ATenValue.none,
          ATenValue.none,
          true,
          0.0,
          epsilon(call.node),
          false
        )
      ]
    },
    Operator(
      "LayerNormalization",
      shapes: layerShapes,
      channels: .layerNormalization,
      parameters: [1: .normScale, 2: .normOffset],
      kernel: layer
    ),
    Operator(
      "GroupNormalization",
      shapes: ShapeRules.same(),
      parameters: [1: .normScale, 2: .normOffset],
      upgrades: [
        // Opset 18 gave scale and bias for each group, opset 21 for each channel.
        Upgrade(to: 21) { (node, scope) throws(OperatorError) in
          guard let x = node.input(0), let sizes = scope.sizes(x), sizes.count > 1,
            let channels = sizes[1], case let groups = node.int("num_groups", default: 1),
            groups > 0, channels % groups == 0
          else { return [node] }
          var newer = node
          for index in 1...2 {
            guard let name = node.input(index), let value = scope.constant(name),
              value.shape == [groups]
            else { continue }
            newer.inputs[index] = scope.add(
              value.repeating(each: channels / groups),
              hint: "\(name)_channels"
            )
          }
          return [newer]
        }
      ],
      downgrades: [
        Downgrade(below: 21) { (node, scope) throws(OperatorError) in
          let groups = node.int("num_groups", default: 1)
          var older = node
          for index in 1...2 {
            guard let name = node.input(index), let value = scope.constant(name),
              let each = value.first(ofEach: groups)
            else { throw .unsupported("scale and bias for each channel came with opset 21") }
            if each != value { older.inputs[index] = scope.add(each, hint: "\(name)_groups") }
          }
          return older
        }
      ],
      kernel: group
    ),
    Operator(
      "RMSNormalization",
      shapes: ShapeRules.same(),
      parameters: [1: .normScale],
      kernel: rootMeanSquare
    ),
    Operator("LRN", shapes: ShapeRules.same(), kernel: local),
    Operator("LpNormalization", shapes: ShapeRules.same(), channels: .alongAxis) { call in
      let input = try call.input(0)
      let axis = call.node.int("axis", default: -1)
      let norm = try ATen.one(
        "norm",
        "ScalarOpt_dim",
        input,
        call.node.int("p", default: 2),
        [axis],
        true
      )
      let ratio = try input / norm
      // Where all is zero, so is the result.
      return [
        try ATen.one("masked_fill", "Scalar", ratio, norm .== 0, 0)
      ]
    },
    Operator(
      "MeanVarianceNormalization",
      shapes: ShapeRules.same(),
      channels: .closed
    ) { call in
      let input = try call.input(0)
      let axes = call.node.ints("axes") ?? [0, 2, 3]
      let mean = try input.mean(along: axes, keepingAxes: true)
      let centred = try input - mean
      let deviation = try ATen.one("std", "dim", input, axes, false, true)
      return [try centred / (deviation + 1e-9)]
    },
  ]

  /// Whether a node is a batch norm that makes its one output by statistics which stand outside.
  static func isByStatistics(_ node: Node) -> Bool {
    node.isStandard && node.op == "BatchNormalization" && node.inputs.count == 5
      && node.int("training_mode", default: 0) == 0
      && node.outputs.dropFirst().allSatisfy(\.isEmpty)
  }

  /// The value that such a batch norm subtracts from what it reads, a number a channel; nil for another node.
  package static func mean(of node: Node) -> String? { isByStatistics(node) ? node.input(3) : nil }

  private static func epsilon(_ node: Node) -> Double {
    Double(node.float("epsilon", default: 1e-5))
  }

  // MARK: Batch

  private static let batchShapes: ShapeRule = { (call) throws(OperatorError) in
    var output = try call.input(0)
    output.value = nil
    let statistics = ValueFacts(
      element: call.optional(3)?.element,
      sizes: call.optional(3)?.sizes
    )
    return [output, statistics, statistics]
  }

  private static let batch: Kernel = { call in
    let input = try call.input(0)
    let parameters = try (1...4).map { try call.input($0) }
    let epsilon = epsilon(call.node)
    let momentum = Double(call.node.float("momentum", default: 0.9))
    guard call.node.int("training_mode", default: 0) != 0 else {
      // In training the running statistics are written in place, as torch does; autocast leaves parameters wide.
      let types =
        call.isTraining ? parameters : try parameters.map { try $0.converted(to: input.dtype) }
      return [
        try ATen.one(
          "batch_norm",
          "",
          input,
          types[0],
          types[1],
          types[2],
          types[3],
          call.isTraining,
          1 - momentum,
          epsilon,
          false
        )
      ]
    }
    let scale = try parameters[0].converted(to: input.dtype)
    let shift = try parameters[1].converted(to: input.dtype)
    let output = try ATen.one(
      "batch_norm",
      "",
      input,
      scale,
      shift,
      ATenValue.none,
      ATenValue.none,
      true,
      0.0,
      epsilon,
      false
    )
    let axes = (0..<input.rank).filter { $0 != 1 }
    let statistics = parameters[2].dtype
    let wide = try input.converted(to: statistics)
    func running(_ old: Tensor, _ new: Tensor) throws -> Tensor {
      let kept = try old * momentum
      return try kept.adding(new.converted(to: statistics), times: 1 - momentum)
    }
    return [
      output,
      try running(parameters[2], wide.mean(along: axes)),
      try running(parameters[3], ATen.one("var", "dim", wide, axes, false)),
    ]
  }

  // MARK: Layer, group, root mean square

  private static let layerShapes: ShapeRule = { (call) throws(OperatorError) in
    var output = try call.input(0)
    output.value = nil
    guard let sizes = output.sizes else { return [output, .unknown, .unknown] }
    let axis = try ShapeRules.axis(call.node.int("axis", default: -1), rank: sizes.count)
    let kept = sizes.indices.map { $0 < axis ? sizes[$0] : 1 }
    let statistics = ValueFacts(element: .float32, sizes: kept)
    return [output, statistics, statistics]
  }

  private static let layer: Kernel = { call in
    let input = try call.input(0)
    let axis = try ShapeRules.axis(call.node.int("axis", default: -1), rank: input.rank)
    let shape = Array(input.shape[axis...])
    func fitted(_ parameter: Tensor?) throws -> Tensor? {
      guard let parameter, parameter.shape != shape else { return parameter }
      return try parameter.expanded(to: shape)
    }
    let results = try ATen.many(
      "native_layer_norm",
      "",
      input,
      shape,
      fitted(call.input(1)),
      fitted(call.optional(2)),
      epsilon(call.node)
    )
    return results.map(Optional.some)
  }

  private static let group: Kernel = { call in
    let input = try call.input(0)
    let groups = call.node.int("num_groups", default: 1)
    let channels = input.shape[1]
    // Opset 18 gave scale and bias for each group, opset 21 for each channel.
    func perChannel(_ parameter: Tensor) throws -> Tensor {
      guard parameter.count != channels else { return parameter }
      return try ATen.one(
        "repeat_interleave",
        "self_int",
        parameter,
        channels / max(parameter.count, 1)
      )
    }
    return [
      try ATen.one(
        "group_norm",
        "",
        input,
        groups,
        perChannel(call.input(1)),
        perChannel(call.input(2)),
        epsilon(call.node),
        false
      )
    ]
  }

  private static let rootMeanSquare: Kernel = { call in
    let input = try call.input(0)
    let axis = try ShapeRules.axis(call.node.int("axis", default: -1), rank: input.rank)
    let wide = input.dtype == .float64 ? input : try input.converted(to: .float32)
    let squares = try wide.square().mean(along: Array(axis..<input.rank), keepingAxes: true)
    let factor = try (squares + epsilon(call.node)).rsqrt()
    let normal = try (wide * factor).converted(to: input.dtype)
    return [try normal * call.input(1)]
  }

  // MARK: Neighbourhood

  /// x / (bias + alpha / size · Σ x²)^beta over `size` channels around each; torch has no operator for it.
  private static let local: Kernel = { call in
    let input = try call.input(0)
    let node = call.node
    let size = node.int("size", default: 1)
    let shape = input.shape
    let before = (size - 1) / 2
    let squares = try input.square()
      .reshaped([shape[0], 1, shape[1], shape.dropFirst(2).reduce(1, *)])
      .padded(before: [before, 0], after: [size - 1 - before, 0], value: 0)
    let mean = try ATen.one(
      "avg_pool2d",
      squares,
      [size, 1],
      [1, 1],
      [0, 0],
      false,
      true
    ).reshaped(shape)
    let base =
      try mean * Double(node.float("alpha", default: 1e-4)) + Double(node.float("bias", default: 1))
    let power = try base.pow(Double(node.float("beta", default: 0.75)))
    return [try input / power]
  }
}

extension Node {
  /// The node without an attribute.
  func without(_ attribute: String) -> Node {
    var node = self
    node.attributes[attribute] = nil
    return node
  }
}

extension Constant {
  /// A vector with each element `times` times in place.
  fileprivate func repeating(each times: Int) -> Constant {
    let width = type.bitCount / 8
    let old = bytes.elements(as: UInt8.self)
    let new = (0..<count).flatMap { place in
      (0..<times).flatMap { _ in old[place * width..<(place + 1) * width] }
    }
    return Constant(type: type, shape: [count * times], bytes: Bytes(new))
  }

  /// A vector of as many equal runs as there are groups with one element a run; nil where a run is uneven.
  fileprivate func first(ofEach groups: Int) -> Constant? {
    guard shape.count == 1, groups > 0, count % groups == 0 else { return nil }
    let times = count / groups
    guard let result = try? keeping((0..<groups).map { $0 * times }, axis: 0) else { return nil }
    return result.repeating(each: times).bytes == bytes ? result : nil
  }
}
