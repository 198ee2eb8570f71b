internal import Files
public import Graphs

/// ONNX files in and out.
///
/// ```swift
/// var graph = try ONNX.read("detector.onnx")
/// graph.name = "small"
/// try ONNX.write(graph, to: "small.onnx")
/// ```
///
/// A file that is read is mapped into memory: its weights are ``Bytes`` over the mapping, and a weight that
/// nobody touches is never read from disk. Files are written under a temporary name and renamed, so a mapping
/// of the file that was there stays what it was. Another program that shortens a mapped file in place ends the
/// process with a bus error, as with every mapped file.
public enum ONNX: Sendable {
  /// Graphs, or groups of unknown fields, may lie this deep in each other.
  static var depthLimit: Int { 64 }

  /// Where a written model's weights go.
  public enum Weights: Sendable, Hashable {
    /// Into the file, or beside it where the file would exceed a protocol buffer's 2 GB.
    case automatic
    /// Into `<name>.<hash>.data` beside the model, where the hash is that of the content.
    case beside
  }

  /// The graph of a file, its weights mapped.
  ///
  /// - Throws: ``ONNXError`` with the place of what is wrong.
  /// - Complexity: O(bytes of the file that are no weights)
  public static func read(_ path: String) throws(ONNXError) -> Graph {
    let file: Bytes
    do { file = try File.mapped(path) } catch { throw ONNXError(error) }
    do {
      let graph = try graph(from: file, folder: FilePath.folder(of: path))
      File.expectWholeReads(of: file)
      return graph
    } catch { throw error.located(in: path) }
  }

  /// The graph that `bytes` hold as an ONNX model; its weights share their memory.
  ///
  /// - Parameters:
  ///   - bytes: an encoded `ModelProto`.
  ///   - folder: where values that lie in other files are looked for; nil refuses them.
  /// - Returns: the graph, not yet verified.
  /// - Throws: ``ONNXError`` with the place of what is wrong.
  public static func graph(from bytes: Bytes, folder: String? = nil) throws(ONNXError) -> Graph {
    try unsafe bytes.withUnsafeBytes { (memory) throws(ONNXError) -> Graph in
      guard let reader = unsafe WireReader(memory, message: "ModelProto") else {
        throw ONNXError.damaged(path: nil, offset: 0, .noGraph)
      }
      if unsafe memory.starts(with: "version https://git-lfs".utf8) {
        throw ONNXError.damaged(path: nil, offset: 0, .gitLFSPointer)
      }
      var decoder = ONNXDecoder(source: bytes, files: ExternalFiles(folder: folder))
      return try decoder.model(reader)
    }
  }

  /// Writes a graph as an ONNX file: under a temporary name first, synchronised, then renamed.
  ///
  /// Weights go from their memory to the file without a copy in between. A graph that was read from the same
  /// path stays valid. Whenever the process ends, the model that is at `path` has its own data beside it.
  ///
  /// - Throws: ``ONNXError/file(path:_:code:)`` or ``ONNXError/unwritable(_:)``; what was at `path` before then
  ///   still is.
  public static func write(
    _ graph: Graph,
    to path: String,
    weights: Weights = .automatic
  ) throws(ONNXError) {
    let data = DataFile(of: path)
    let stale = data.inUse()
    var encoder = ONNXEncoder()
    if weights == .automatic { try encoder.model(graph) }
    guard weights == .beside || encoder.output.count > ONNXEncoder.largestMessage else {
      try Self.write(encoder.output, to: path)
      return data.remove(stale)
    }
    // Once to place the weights, and again with the name that their content gives.
    encoder = ONNXEncoder(dataFile: data.unnamed)
    try encoder.model(graph)
    try encoder.checkSize()
    let name = data.name(of: encoder.besides)
    encoder = ONNXEncoder(dataFile: name)
    try encoder.model(graph)
    do throws(FileError) {
      let file = try NewFile(FilePath.folder(of: path) + "/" + name)
      for weight in encoder.besides { try file.write(weight.bytes, at: weight.offset) }
      try file.commit()
    } catch { throw ONNXError(error) }
    try Self.write(encoder.output, to: path)
    data.remove(stale.subtracting([name]))
  }

  private static func write(_ message: WireWriter, to path: String) throws(ONNXError) {
    do throws(FileError) {
      let file = try NewFile(path)
      try unsafe message.forEachRun { run throws(FileError) in try unsafe file.write(run) }
      try file.commit()
    } catch { throw ONNXError(error) }
  }

  /// The bytes of a graph as an ONNX model.
  ///
  /// - Throws: ``ONNXError/unwritable(_:)``.
  public static func encode(_ graph: Graph) throws(ONNXError) -> Bytes {
    var encoder = ONNXEncoder()
    try encoder.model(graph)
    try encoder.checkSize()
    return encoder.output.joined()
  }
}
