internal import Graphs

/// What is needed of Paddle's ProgramDesc to name the tensors of a combined parameter file.
struct PaddleProgram: Sendable {
  /// A variable that is saved with the parameters.
  struct Parameter: Sendable, Hashable {
    let name: String
    let shape: [Int]
  }

  /// In the order of a combined file: by name, byte for byte.
  let parameters: [Parameter]

  private struct Variable {
    var name = ""
    var type = 7
    var shape: [Int] = []
    var isPersistable = false
  }

  init(_ bytes: Bytes, path: String) throws(WeightError) {
    var variables: [Variable] = []
    do throws(ONNXError) {
      variables = unsafe try bytes.withUnsafeBytes { memory throws(ONNXError) in
        guard var program = unsafe WireReader(memory, message: "ProgramDesc") else { return [] }
        var found: [Variable] = []
        while let field = try program.next() {
          guard field.number == 1 else {
            try program.skip(field)
            continue
          }
          var block = try program.inner(field, "BlockDesc")
          try Self.read(&block, into: &found)
        }
        return found
      }
    } catch { throw .damaged(path: path, offset: 0, .message("the program: \(error)")) }
    // Only dense tensors (7) are saved; feed and fetch lists are not.
    let kept = variables.filter { $0.isPersistable && $0.type == 7 }
    parameters = kept.map { Parameter(name: $0.name, shape: $0.shape) }
      .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    guard !parameters.isEmpty else {
      throw .damaged(path: path, offset: 0, .unexpected("the program has no parameters"))
    }
  }

  private static func read(
    _ block: inout WireReader,
    into found: inout [Variable]
  ) throws(ONNXError) {
    while let field = try block.next() {
      guard field.number == 3 else {
        try block.skip(field)
        continue
      }
      var reader = try block.inner(field, "VarDesc")
      var variable = Variable()
      while let field = try reader.next() {
        switch field.number {
        case 1: variable.name = try reader.string(field)
        case 2:
          var type = try reader.inner(field, "VarType")
          try read(&type, into: &variable)
        case 3: variable.isPersistable = try reader.int(field) != 0
        default: try reader.skip(field)
        }
      }
      found.append(variable)
    }
  }

  private static func read(
    _ type: inout WireReader,
    into variable: inout Variable
  ) throws(ONNXError) {
    while let field = try type.next() {
      switch field.number {
      case 1: variable.type = try type.int(field)
      case 3:
        var tensor = try type.inner(field, "LoDTensorDesc")
        while let field = try tensor.next() {
          guard field.number == 1 else {
            try tensor.skip(field)
            continue
          }
          var description = try tensor.inner(field, "TensorDesc")
          while let field = try description.next() {
            if field.number == 2 {
              try description.append(field, to: &variable.shape)
            } else {
              try description.skip(field)
            }
          }
        }
      default: try type.skip(field)
      }
    }
  }
}
