internal import Files
internal import Graphs

/// Reads named tensors from any file that pretrained weights come in; elements stay in the file until they are touched.
public enum WeightFile: Sendable {
  /// Reads a file or a folder, by what it holds and not by its name.
  ///
  /// - Parameter path: an ONNX or safetensors file, a folder of Paddle's parameter files, Paddle's combined parameters with
  ///   their program beside them (or the folder of both), or its `.pdparams` or `.pdopt`.
  /// - Returns: the tensors, in the file's order.
  /// - Throws: ``WeightError``.
  public static func read(_ path: String) throws(WeightError) -> WeightTable {
    if Folder.exists(path) { return try folder(path) }
    let bytes = try mapped(path)
    if let first = bytes.count > 1 ? bytes[0..<2].elements(as: UInt8.self) : nil {
      // Protocols 0 and 1 begin with a dictionary, without a version.
      let isOld = first == Array("(d".utf8) || first == Array("}q".utf8)
      if isOld || first[0] == 0x80 && first[1] <= 5 {
        let entries = try PaddlePickle.read(bytes, path: path)
        return WeightTable(path: path, format: .paddlePickle, entries: entries)
      }
    }
    if Safetensors.isIt(bytes) || path.hasSuffix(".safetensors") {
      let entries = try Safetensors(bytes, path: path).arrays.map {
        WeightTable.Entry(name: $0.name, value: $0.array)
      }
      return WeightTable(path: path, format: .safetensors, entries: entries)
    }
    if LoDTensor.isIt(bytes) { return try combined(bytes, path) }
    guard path.hasSuffix(".onnx") else { throw .unknownFormat(path: path) }
    let graph: Graph
    do { graph = try ONNX.read(path) } catch { throw .onnx(error) }
    let entries = graph.constants.map { WeightTable.Entry(name: $0.name, value: $0.value) }
    return WeightTable(path: path, format: .onnx, entries: entries)
  }

  private static func mapped(_ path: String) throws(WeightError) -> Bytes {
    do { return try File.mapped(path) } catch { throw .file(path: path, code: error.code) }
  }

  /// A folder: Paddle's program and combined parameters, or one parameter a file.
  private static func folder(_ path: String) throws(WeightError) -> WeightTable {
    let names = try listing(path)
    for name in ["__params__", "params"] where names.contains(name) {
      return try combined(try mapped("\(path)/\(name)"), "\(path)/\(name)")
    }
    var entries: [WeightTable.Entry] = []
    for name in names where !name.hasPrefix(".") && name != "__model__" {
      let file = "\(path)/\(name)"
      let bytes = try mapped(file)
      // Notes beside the parameters, such as __shapes__, are no tensors.
      guard LoDTensor.isIt(bytes) else { continue }
      let value = try single(bytes, name: name, path: file)
      entries.append(.init(name: name, value: value))
    }
    guard !entries.isEmpty else { throw .unknownFormat(path: path) }
    return WeightTable(path: path, format: .paddleFolder, entries: entries)
  }

  private static func single(
    _ bytes: Bytes,
    name: String,
    path: String
  ) throws(WeightError) -> Constant {
    unsafe try bytes.withUnsafeBytes { memory throws(WeightError) in
      var reader = unsafe ByteReader(memory, path: path)
      let value = unsafe try LoDTensor.next(&reader, bytes, memory, name: name, path: path)
      guard reader.left == 0 else {
        throw reader.damage(
          at: reader.position,
          .unexpected("\(reader.left) bytes follow behind the tensor")
        )
      }
      return value
    }
  }

  /// Combined parameters, named by the program beside them; a file of one tensor bears its own name.
  private static func combined(_ bytes: Bytes, _ path: String) throws(WeightError) -> WeightTable {
    let folder = FilePath.folder(of: path)
    let name = FilePath.name(of: path)
    let stem = name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
    let candidates = ["\(folder)/\(stem).pdmodel", "\(folder)/__model__", "\(folder)/model"]
    guard let program = candidates.first(where: File.isRegular) else {
      guard let value = try? single(bytes, name: name, path: path) else {
        throw .noProgram(path: path, wanted: "__model__ or \(stem).pdmodel")
      }
      return WeightTable(
        path: path,
        format: .paddleFolder,
        entries: [.init(name: name, value: value)]
      )
    }
    let parameters = try PaddleProgram(try mapped(program), path: program).parameters
    let entries = unsafe try bytes.withUnsafeBytes { memory throws(WeightError) in
      var reader = unsafe ByteReader(memory, path: path)
      var entries: [WeightTable.Entry] = []
      for parameter in parameters {
        let start = reader.position
        let value = unsafe try LoDTensor.next(
          &reader,
          bytes,
          memory,
          name: parameter.name,
          path: path
        )
        // Sizes that a program leaves open are below 0.
        let agrees =
          value.shape.count == parameter.shape.count
          && zip(value.shape, parameter.shape).allSatisfy { $0 == $1 || $1 < 0 }
        guard agrees || parameter.shape.isEmpty else {
          throw reader.damage(
            at: start,
            .shapeMismatch(tensor: parameter.name, file: value.shape, program: parameter.shape)
          )
        }
        entries.append(.init(name: parameter.name, value: value))
      }
      guard reader.left == 0 else {
        let text =
          "\(reader.left) bytes follow behind the \(parameters.count) parameters of \(program)"
        throw reader.damage(at: reader.position, .unexpected(text))
      }
      return entries
    }
    return WeightTable(path: path, format: .paddleCombined, entries: entries)
  }

  /// The names of a folder's files, in the order of their bytes.
  private static func listing(_ path: String) throws(WeightError) -> [String] {
    let names: [String]
    do { names = try Folder.names(in: path) } catch { throw .file(path: path, code: error.code) }
    return names.filter { File.isRegular("\(path)/\($0)") }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
