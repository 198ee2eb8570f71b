import Graphs
import TestSupport

/// A small network of convolutions and what stands around them in detectors, drawn from a seed.
struct DrawnNetwork {
  private(set) var graph = Graph(name: "drawn")
  private var random: SeededNumbers
  private var count = 0

  /// A map of the network: its name, channels and extent.
  struct Map {
    var name: String
    var channels: Int
    var extent: Int
  }

  init(seed: UInt64) { random = SeededNumbers(seed &* 0x9E37_79B9_7F4A_7C15 &+ 1) }

  /// A network of about 20 nodes over an image 1×3×19×19 called `image`, with its last map as the output.
  static func drawn(seed: UInt64) -> Graph {
    var net = Self(seed: seed)
    var map = net.layer(net.image(channels: 3, extent: 19))
    for _ in 0..<4 {
      switch net.next(5) {
      case 0:
        let other = net.convolution(map, filters: map.channels, kernel: 3)
        map = net.apply("Add", [map.name, net.normalized(other).name], like: map)
        if net.next(2) == 0 { map = net.activation(map) }
      case 1:
        let other = net.layer(map, stride: 1)
        if other.extent == map.extent {
          map = net.apply(
            "Concat",
            [map.name, other.name],
            like: Map(name: "", channels: map.channels + other.channels, extent: map.extent),
            ["axis": .int(1)]
          )
        }
        map = net.activation(net.normalized(map))
      case 2: map = net.pooled(map)
      default: map = net.layer(map)
      }
    }
    return net.finished([map])
  }

  mutating func image(channels: Int, extent: Int) -> Map {
    graph.inputs.append(
      ValueInfo("image", .float32, Shape([1, channels, extent, extent].map(Dimension.known)))
    )
    return Map(name: "image", channels: channels, extent: extent)
  }

  func finished(_ maps: [Map]) -> Graph {
    var graph = graph
    graph.outputs = maps.map {
      ValueInfo(
        $0.name,
        .float32,
        Shape([1, $0.channels, $0.extent, $0.extent].map(Dimension.known))
      )
    }
    graph.model = ModelInfo(opsets: ["": 22], irVersion: 10, producer: "test")
    return graph
  }

  /// A number below `bound`.
  mutating func next(_ bound: Int) -> Int {
    Int(random.next() >> 33) % bound
  }

  mutating func numbers(_ count: Int, from low: Float = -1, to high: Float = 1) -> [Float] {
    (0..<count).map { _ in low + (high - low) * Float(next(1 << 20)) / Float(1 << 20) }
  }

  mutating func apply(
    _ op: String,
    _ inputs: [String],
    like map: Map,
    _ attributes: NamedTable<Attribute> = [:]
  ) -> Map {
    count += 1
    let name = "\(op).\(count)"
    graph.nodes.append(
      Node(op, name: name, inputs: inputs, outputs: [name], attributes: attributes)
    )
    return Map(name: name, channels: map.channels, extent: map.extent)
  }

  mutating func constant(_ values: [Float], _ shape: [Int]) -> String {
    let name = "constant.\(graph.constants.count)"
    graph.constants[name] = Constant(values, shape: shape)
    return name
  }

  /// A convolution with drawn weights; pads keep the extent at stride 1.
  mutating func convolution(
    _ map: Map,
    filters: Int,
    kernel: Int,
    stride: Int = 1,
    groups: Int = 1,
    isUneven: Bool = false
  ) -> Map {
    let fan = map.channels / groups * kernel * kernel
    let size = 1 / Float(fan).squareRoot()
    var inputs = [
      map.name,
      constant(
        numbers(filters * fan, from: -2 * size, to: 2 * size),
        [filters, map.channels / groups, kernel, kernel]
      ),
    ]
    if next(2) == 0 { inputs.append(constant(numbers(filters), [filters])) }
    let pad = kernel / 2
    let pads = isUneven ? [0, 0, 2 * pad, 2 * pad] : [pad, pad, pad, pad]
    let made = Map(name: "", channels: filters, extent: (map.extent - 1) / stride + 1)
    return apply(
      "Conv",
      inputs,
      like: made,
      [
        "strides": .ints([stride, stride]), "pads": .ints(pads), "group": .int(groups),
        "kernel_shape": .ints([kernel, kernel]),
      ]
    )
  }

  mutating func normalized(_ map: Map) -> Map {
    let shape = [map.channels]
    return apply(
      "BatchNormalization",
      [
        map.name, constant(numbers(map.channels, from: 0.5, to: 1.5), shape),
        constant(numbers(map.channels), shape), constant(numbers(map.channels), shape),
        constant(numbers(map.channels, from: 0.3, to: 2), shape),
      ],
      like: map
    )
  }

  mutating func activation(_ map: Map) -> Map {
    switch next(9) {
    case 0: return apply("LeakyRelu", [map.name], like: map, ["alpha": .float(0.1)])
    case 1: return apply("Clip", [map.name, constant([0], []), constant([6], [])], like: map)
    case 2: return apply("HardSwish", [map.name], like: map)
    case 3: return apply("Gelu", [map.name], like: map, ["approximate": .text("tanh")])
    case 4:
      return apply("Mul", [apply("Sigmoid", [map.name], like: map).name, map.name], like: map)
    case 5: return apply("HardSigmoid", [map.name], like: map, ["alpha": .float(1 / 6)])
    case 6: return apply("Clip", [map.name, "", constant([0.5], [])], like: map)
    case 7: return apply("Tanh", [map.name], like: map)
    default: return apply("Relu", [map.name], like: map)
    }
  }

  /// A convolution, mostly with batch norm, mostly with an activation.
  mutating func layer(_ map: Map, stride wanted: Int? = nil) -> Map {
    let stride = wanted ?? 1 + next(2)
    var made: Map
    switch next(4) {
    case 0:
      made = convolution(
        map,
        filters: map.channels,
        kernel: 3,
        stride: stride,
        groups: map.channels
      )
    case 1: made = convolution(map, filters: 4 + next(20), kernel: 1, stride: stride)
    case 2:
      made = convolution(map, filters: 16, kernel: 3, stride: stride, isUneven: true)
    default: made = convolution(map, filters: 4 + next(20), kernel: 3, stride: stride)
    }
    if next(4) > 0 { made = normalized(made) }
    return next(4) > 0 ? activation(made) : made
  }

  private mutating func pooled(_ map: Map) -> Map {
    apply(
      "MaxPool",
      [map.name],
      like: Map(name: "", channels: map.channels, extent: (map.extent - 1) / 2 + 1),
      ["kernel_shape": .ints([3, 3]), "strides": .ints([2, 2]), "pads": .ints([1, 1, 1, 1])]
    )
  }
}
