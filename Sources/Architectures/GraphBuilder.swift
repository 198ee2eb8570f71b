public import Graphs

/// A graph in the making: a layer takes values in, adds its nodes and parameters, and gives its value out.
///
/// ```swift
/// var net = GraphBuilder()
/// let features = net.layer(.image, "stem", filters: 16, kernel: 3, stride: 2)
/// let scores = net.prediction(features, "scores", filters: 4)
/// let graph = net.graph(name: "tiny", outputs: [scores], size: ImageSize(64), weights: .seeded(0))
/// ```
public struct GraphBuilder: Sendable {
  /// A feature map.
  public struct Value: Sendable, Hashable {
    /// The name, unique in the graph.
    public let name: String
    /// The number of channels.
    public let channels: Int
    /// How many input pixels one of its pixels spans each way.
    public let stride: Int

    /// Describes a value that a node makes.
    public init(name: String, channels: Int, stride: Int) {
      self.name = name
      self.channels = channels
      self.stride = stride
    }

    /// The network's input: images of three channels.
    public static let image = Value(name: "image", channels: 3, stride: 1)
  }

  /// A trained tensor, known by shape and initialisation until the graph is finished.
  private struct Parameter {
    let name: String
    let shape: [Int]
    let start: Initializer
    var count: Int { shape.reduce(1, *) }
  }

  private var nodes: [Node] = []
  private var parameters: [Parameter] = []
  private var literals: NamedTable<Constant> = [:]

  /// An empty graph.
  public init() {}

  /// Adds a trained tensor and returns its name.
  public mutating func parameter(_ name: String, _ shape: [Int], _ start: Initializer) -> String {
    parameters.append(Parameter(name: name, shape: shape, start: start))
    return name
  }

  /// Adds a constant that is part of the structure, such as scales and sizes, and returns its name.
  public mutating func literal(_ name: String, _ constant: Constant) -> String {
    literals[name] = constant
    return name
  }

  /// Adds a node that makes one value, called like the node unless `output` says otherwise.
  public mutating func apply(
    _ op: String,
    _ name: String,
    _ inputs: [String],
    _ attributes: NamedTable<Attribute> = [:],
    output: String? = nil
  ) -> String {
    apply(op, name, inputs, attributes, outputs: [output ?? name])
    return output ?? name
  }

  /// Adds a node.
  public mutating func apply(
    _ op: String,
    _ name: String,
    _ inputs: [String],
    _ attributes: NamedTable<Attribute> = [:],
    outputs: [String]
  ) {
    nodes.append(Node(op, name: name, inputs: inputs, outputs: outputs, attributes: attributes))
  }

  /// The finished graph from ``Value/image`` to the outputs, in ONNX's operators of version 22.
  ///
  /// - Parameters:
  ///   - name: the graph's name.
  ///   - outputs: what it computes.
  ///   - size: the images' size, or nil to leave it open as `height` and `width`.
  ///   - batch: the number of images, or nil to leave it open as `batch`.
  ///   - weights: what the parameters hold.
  /// - Returns: a graph that obeys every rule of `Graph.verify()` where the layers fit each other.
  public func graph(
    name: String,
    outputs: [Value],
    size: ImageSize?,
    batch: Int? = nil,
    weights: Weights
  ) -> Graph {
    func info(_ value: Value) -> ValueInfo {
      let first: Dimension = batch.map(Dimension.known) ?? .symbolic("batch")
      let shape = [first, .known(value.channels)] + ImageSize.extent(size, stride: value.stride)
      return ValueInfo(value.name, .float32, Shape(shape))
    }
    var constants = literals
    switch weights {
    case .seeded(let seed):
      for each in parameters {
        let bytes = each.start.values(count: each.count, seed: seed, name: each.name)
        constants[each.name] = Constant(type: .float32, shape: each.shape, bytes: bytes)
      }
    case .structureOnly:
      let zeros = SharedZeros(count: 4 * (parameters.map(\.count).max() ?? 0))
      for each in parameters {
        let bytes = zeros.prefix(4 * each.count)
        constants[each.name] = Constant(type: .float32, shape: each.shape, bytes: bytes)
      }
    }
    return Graph(
      name: name,
      nodes: nodes,
      inputs: [info(.image)],
      outputs: outputs.map(info),
      constants: constants,
      model: ModelInfo(opsets: ["": 22], irVersion: 10, producer: "espalier")
    )
  }
}
