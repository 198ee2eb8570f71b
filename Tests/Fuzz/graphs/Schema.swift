import Glibc
import Graphs

/// One form of one of ONNX's operators: a line of the table that `schemas.py` writes.
struct Schema {
  struct Formal {
    /// A variable of ``types``; `#` and a number; `?` for what is no tensor.
    let type: String
    let isOptional: Bool
    let isVariadic: Bool
  }

  struct Setting {
    let name: String
    let kind: Int
    let isRequired: Bool
  }

  let name: String
  let opset: Int
  let inputs: [Formal]
  let outputs: [Formal]
  let types: [String: [ElementType]]
  let attributes: [Setting]

  private init?(line: String) {
    let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    guard fields.count == 7, let opset = Int(fields[1]) else { return nil }
    name = fields[0]
    self.opset = opset
    inputs = Self.formals(fields[3])
    outputs = Self.formals(fields[4])
    var types: [String: [ElementType]] = [:]
    for part in fields[5].split(separator: "|") {
      let sides = part.split(separator: "=")
      types["\(sides[0])"] = sides[1].split(separator: ",")
        .compactMap { Int32($0).flatMap(ElementType.init(rawValue:)) }
    }
    self.types = types
    attributes = fields[6].split(separator: "|").compactMap { part in
      let parts = part.split(separator: ":")
      return Int(parts[1])
        .map { Setting(name: "\(parts[0])", kind: $0, isRequired: parts[2] == "1") }
    }
  }

  private static func formals(_ text: String) -> [Formal] {
    text.split(separator: "|").map { part in
      let sides = part.split(separator: ":")
      return Formal(type: "\(sides[0])", isOptional: sides[1] == "o", isVariadic: sides[1] == "v")
    }
  }

  /// The forms of each operator, oldest first.
  static let table: [[Schema]] = {
    var byName: [String: [Schema]] = [:]
    for line in lines {
      if let schema = Schema(line: line) { byName[schema.name, default: []].append(schema) }
    }
    return byName.keys.sorted().compactMap { byName[$0]?.sorted { $0.opset < $1.opset } }
  }()

  /// The lines of the file that FUZZ_SCHEMAS names.
  private static var lines: [String] {
    guard let path = unsafe getenv("FUZZ_SCHEMAS"), let file = unsafe fopen(path, "r") else {
      preconditionFailure("FUZZ_SCHEMAS names no table; scripts/fuzz-graphs.sh makes one")
    }
    var text: [UInt8] = []
    while true {
      let byte = unsafe getc(file)
      if byte == EOF { break }
      text.append(UInt8(truncatingIfNeeded: byte))
    }
    unsafe fclose(file)
    return String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}
