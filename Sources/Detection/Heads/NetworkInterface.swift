package import Datasets
package import Graphs
package import Operators

/// What a network shows from outside: inputs, outputs, metadata, and what is computed just before an output.
///
/// It is all that a head is recognized by.
package struct NetworkInterface: Sendable, Hashable {
  /// An input or an output.
  package struct Value: Sendable, Hashable {
    package let name: String
    package let element: ElementType?
    /// The sizes at the stated input size; nil for one that depends on the data, or as a whole where the rank does.
    package let sizes: [Int?]?

    package init(_ name: String, _ sizes: [Int?]?, element: ElementType? = .float32) {
      self.name = name
      self.sizes = sizes
      self.element = element
    }

    /// The number of axes, where it is known.
    package var rank: Int? { sizes?.count }

    /// The size of an axis, where it is known.
    package func size(_ axis: Int) -> Int? {
      guard let sizes, sizes.indices.contains(axis) else { return nil }
      return sizes[axis]
    }

    /// Such as `1x84x8400`, with `?` for what is open.
    package var shape: String {
      sizes.map { $0.map { $0.map(String.init) ?? "?" }.joined(separator: "x") }
        ?? "of unknown rank"
    }
  }

  package var inputs: [Value]
  package var outputs: [Value]
  /// What the file's metadata say.
  package var metadata: [String: String]
  /// What lies between the last weights and an output, by the output's name.
  package var tails: [String: Set<Tail>]

  package init(
    inputs: [Value],
    outputs: [Value],
    metadata: [String: String] = [:],
    tails: [String: Set<Tail>] = [:]
  ) {
    self.inputs = inputs
    self.outputs = outputs
    self.metadata = metadata
    self.tails = tails
  }

  /// The interface of a graph that was analysed.
  package init(_ graph: Graph, _ facts: GraphFacts, _ operators: OperatorSet) {
    func value(_ info: ValueInfo) -> Value {
      Value(
        info.name,
        facts[info.name].sizes,
        element: info.type.element ?? facts[info.name].element
      )
    }
    self.init(
      inputs: graph.requiredInputs.map(value),
      outputs: graph.outputs.map(value),
      metadata: Dictionary(
        uniqueKeysWithValues: graph.model.metadata.names.map {
          ($0, graph.model.metadata[$0] ?? "")
        }
      ),
      tails: Tail.tails(of: graph, operators)
    )
  }

  /// The input of images: the only one of batch x 3 x height x width.
  package var image: Value? {
    let images = inputs.filter { $0.rank == 4 && $0.size(1) ?? 3 == 3 }
    return images.count == 1 ? images[0] : nil
  }

  /// The size of its images, where it is known.
  package var imageSize: PixelSize? {
    guard let image, let height = image.size(2), let width = image.size(3) else { return nil }
    return PixelSize(width: width, height: height)
  }

  /// The output of a name.
  package func output(_ name: String) -> Value? { outputs.first { $0.name == name } }

  /// The output whose name, in lower case, is one of these.
  package func output(among names: Set<String>) -> Value? {
    outputs.first { names.contains($0.name.lowercased()) }
  }

  /// Whether something of a kind lies before an output.
  package func has(_ tail: Tail, before output: Value) -> Bool {
    tails[output.name]?.contains(tail) ?? false
  }

  /// The outputs in a line: `output0 1x84x8400`.
  package var outputText: String {
    outputs.map { "\($0.name) \($0.shape)" }.joined(separator: ", ")
  }
}
