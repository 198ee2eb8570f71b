package import Graphs

extension Benchmark {
  /// The parameters that the benchmark's framework would save: what convolutions and batch norms read.
  ///
  /// Scales and sizes, which are constants in ONNX, are attributes there.
  package static func parameters(of graph: Graph) -> NamedTable<Constant> {
    var found: NamedTable<Constant> = [:]
    for node in graph.nodes where ["Conv", "DeformConv", "BatchNormalization"].contains(node.op) {
      for name in node.inputs {
        if let constant = graph.constants[name] { found[name] = constant }
      }
    }
    return found
  }

  /// The number of values in all parameters, batch norm's statistics among them.
  package static func values(of graph: Graph) -> Int {
    parameters(of: graph).reduce(0) { $0 + $1.value.count }
  }

  /// The bytes that `du` counts for the directory of released weights: one file a parameter, in blocks of 4096, and
  /// the blocks of the directory itself.
  package static func diskBytes(of graph: Graph) -> Int {
    let parameters = parameters(of: graph)
    let files = parameters.reduce(0) { $0 + blocks(fileBytes($1.value)) }
    return blockSize * (files + directoryBlocks(names: parameters.names))
  }

  private static let blockSize = 4096

  private static func blocks(_ bytes: Int) -> Int { (bytes + blockSize - 1) / blockSize }

  /// A parameter's file: versions, nesting and a length (20 bytes), the type and shape as a protobuf message, floats.
  private static func fileBytes(_ parameter: Constant) -> Int {
    let shape = parameter.shape.reduce(0) { $0 + 1 + varintBytes($1) }
    return 20 + 2 + shape + 4 * parameter.count
  }

  /// Seven bits a byte.
  private static func varintBytes(_ value: Int) -> Int {
    max((Int.bitWidth - value.leadingZeroBitCount + 6) / 7, 1)
  }

  /// The blocks of an ext4 directory.
  ///
  /// An entry takes 8 bytes and its name, rounded up to 4; a block ends with 12 bytes
  /// of checksum. Up to one block, entries (`.` and `..`, 12 bytes each, among them) lie in a row. Beyond, they hang
  /// in a hash tree: a root block, and leaves that split in halves when they overflow. Hashing fills the leaves
  /// alike, so that they split nearly together and their number is a power of two.
  private static func directoryBlocks(names: [String]) -> Int {
    let room = blockSize - 12
    let entries = names.reduce(0) { $0 + (8 + $1.utf8.count + 3) / 4 * 4 }
    if entries + 24 <= room { return 1 }
    var leaves = 2
    while leaves * room < entries { leaves *= 2 }
    return 1 + leaves
  }
}
