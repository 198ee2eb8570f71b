import Graphs
import TestSupport

/// A small network of random layers, the same for the same seed, with every kind of coupling.
struct RandomNetwork {
  private(set) var graph = Graph(model: ModelInfo(opsets: ["": 22], irVersion: 10))
  private var random: SeededNumbers
  /// Maps of 6×6 with their channels.
  private var maps: [(name: String, channels: Int)] = []
  private var number = 0

  /// A network of `layers` drawn layers between the first convolution and the head.
  init(seed: UInt64, layers: Int = 12) {
    random = SeededNumbers(seed &* 0x9E37_79B9_7F4A_7C15 &+ 1)
    graph.inputs = [ValueInfo("x", .float32, [1, 3, 6, 6])]
    maps = [("x", 3)]
    maps = [(convolution(of: maps[0], filters: 8), 8)]
    for _ in 0..<layers { addLayer() }
    finish()
  }

  private mutating func pick(_ count: Int) -> Int {
    Int((random.next() >> 33) % UInt64(count))
  }

  private mutating func weight(_ shape: [Int], around mean: Float = 0) -> String {
    number += 1
    let name = "w\(number)"
    let values = (0..<shape.reduce(1, *)).map { _ in mean + Float(pick(2001) - 1000) / 2000 }
    graph.constants[name] = Constant(values, shape: shape)
    return name
  }

  private mutating func integers(_ values: [Int]) -> String {
    number += 1
    graph.constants["i\(number)"] = Constant(values)
    return "i\(number)"
  }

  private mutating func node(
    _ op: String,
    _ inputs: [String],
    outputs: Int = 1,
    _ attributes: NamedTable<Attribute> = [:]
  ) -> [String] {
    number += 1
    let names = (0..<outputs).map { "v\(number).\($0)" }
    graph.nodes.append(
      Node(op, name: "n\(number)", inputs: inputs, outputs: names, attributes: attributes)
    )
    return names
  }

  private mutating func convolution(
    of map: (name: String, channels: Int),
    filters: Int,
    groups: Int = 1
  ) -> String {
    let size = pick(2) == 0 ? 1 : 3
    var inputs = [map.name, weight([filters, map.channels / groups, size, size])]
    if pick(2) == 0 { inputs.append(weight([filters])) }
    let pad = size / 2
    return node(
      "Conv",
      inputs,
      ["group": .int(groups), "pads": .ints([pad, pad, pad, pad])]
    )[0]
  }

  private mutating func node(
    _ op: String,
    _ inputs: [String],
    _ attributes: NamedTable<Attribute>
  ) -> [String] { node(op, inputs, outputs: 1, attributes) }

  private mutating func addLayer() {
    let map = maps[pick(maps.count)]
    let c = map.channels
    let sizes = [4, 6, 8, 12]
    switch pick(14) {
    case 0, 1, 2:
      let filters = sizes[pick(sizes.count)]
      maps.append((convolution(of: map, filters: filters), filters))
    case 3:
      // Residual: a layer of the same width, added.
      maps.append((node("Add", [map.name, convolution(of: map, filters: c)])[0], c))
    case 4:
      let other = maps[pick(maps.count)]
      guard c + other.channels <= 24 else { return }
      let joined = node("Concat", [map.name, other.name], ["axis": .int(1)])[0]
      maps.append((joined, c + other.channels))
    case 5:
      guard c >= 4 else { return }
      let halves = [c / 2 - 1, c - c / 2 + 1]
      let parts = node(
        "Split",
        [map.name, integers(halves)],
        outputs: 2,
        ["axis": .int(1)]
      )
      maps.append((parts[0], halves[0]))
      maps.append((parts[1], halves[1]))
    case 6:
      // BlazeFace's shortcut: zero channels up to the width of the layer that it is added to.
      let pad = node("Pad", [map.name, integers([0, 0, 0, 0, 0, 3, 0, 0])])[0]
      maps.append((node("Add", [pad, convolution(of: map, filters: c + 3)])[0], c + 3))
    case 7:
      guard c % 2 == 0 else { return }
      maps.append((convolution(of: map, filters: 8, groups: 2), 8))
    case 8:
      maps.append((convolution(of: map, filters: c, groups: c), c))
    case 9:
      guard c % 2 == 0 else { return }
      let split = node("Reshape", [map.name, integers([1, 2, c / 2, 6, 6])])[0]
      let turned = node("Transpose", [split], ["perm": .ints([0, 2, 1, 3, 4])])[0]
      maps.append((node("Reshape", [turned, integers([0, c, 6, 6])])[0], c))
    case 10:
      let parameters = [
        weight([c], around: 1), weight([c]), weight([c]), weight([c], around: 2),
      ]
      maps.append((node("BatchNormalization", [map.name] + parameters)[0], c))
    case 11:
      maps.append((node("Sigmoid", [map.name])[0], c))
    case 12:
      // Squeeze and excite.
      let mean = node("GlobalAveragePool", [map.name])[0]
      let gate = node("Sigmoid", [convolution(of: (mean, c), filters: c)])[0]
      maps.append((node("Mul", [map.name, gate])[0], c))
    default:
      guard c >= 4 else { return }
      let part = node("Slice", [map.name, integers([1]), integers([c - 1]), integers([1])])[0]
      maps.append((part, c - 2))
    }
  }

  /// The last maps go through flattening and two linear layers to one output, and through a head to the other.
  private mutating func finish() {
    let map = maps[maps.count - 1]
    let flat = node("Flatten", [map.name])[0]
    let hidden = node(
      "Gemm",
      [flat, weight([5, map.channels * 36]), weight([5])],
      ["transB": .int(1)]
    )[0]
    let scores = node("MatMul", [node("Relu", [hidden])[0], weight([5, 2])])[0]
    let head = convolution(of: maps[pick(maps.count)], filters: 4)
    graph.outputs = [ValueInfo(scores, .float32), ValueInfo(head, .float32)]
  }
}
