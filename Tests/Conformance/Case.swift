import FoundationEssentials
import Graphs
import ModelFormats

/// One of ONNX's node tests, as `generate.py` lists it.
struct Case: Decodable, Sendable {
  /// `node` for those of the installed package, `onnx-1.11` for those of the archive.
  let suite: String
  let name: String
  /// The operator under test; of a function's body, the function's.
  let operatorName: String
  let opset: Int
  let rtol: Double
  let atol: Double
  /// Data sets.
  let sets: Int
  /// What the data is where it is not all tensors.
  let kind: String?

  enum CodingKeys: String, CodingKey {
    case suite, name, opset, rtol, atol, sets, kind
    case operatorName = "operator"
  }

  /// The list that `generate.py` wrote into `folder`.
  static func all(in folder: String) throws -> [Case] {
    struct Index: Decodable { let cases: [Case] }
    let data = try Data(contentsOf: URL(filePath: "\(folder)/cases.json"))
    return try JSONDecoder().decode(Index.self, from: data).cases
  }

  /// The model.
  func model(in folder: String) throws -> Graph {
    try ONNX.read("\(folder)/\(suite)/\(name).onnx")
  }

  /// The tensors of a data set, by position; nil where one is left out.
  func data(
    _ set: Int,
    in folder: String
  ) throws -> (inputs: [Int: Constant], outputs: [Int: Constant]) {
    let graph = try ONNX.read("\(folder)/\(suite)/\(name).\(set).data.onnx")
    var inputs: [Int: Constant] = [:]
    var outputs: [Int: Constant] = [:]
    for (label, constant) in graph.constants {
      let parts = label.split(separator: ".")
      guard parts.count == 2, let index = Int(parts[1]) else { continue }
      if parts[0] == "in" { inputs[index] = constant } else { outputs[index] = constant }
    }
    return (inputs, outputs)
  }
}

extension CaseList {
  /// Why the case is listed, or nil.
  func reason(_ entry: Case) -> String? {
    reasons[entry.name] ?? reasons["\(entry.suite)/\(entry.name)"]
  }
}

/// A committed list of cases by name, each under the reason above it.
///
/// Lines that start with `#` are comments, those that end with a colon give the reason of the names below.
struct CaseList: Sendable {
  /// Reasons by name; a name of one suite only has it in front: `onnx-1.11/test_abs`.
  private(set) var reasons: [String: String] = [:]

  init(path: String) throws {
    let text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
    var reason = "no reason given"
    for line in text.split(separator: "\n") {
      let line = line.drop { $0 == " " }
      if line.isEmpty || line.hasPrefix("#") { continue }
      if line.hasSuffix(":") {
        reason = String(line.dropLast())
      } else {
        reasons[String(line)] = reason
      }
    }
  }
}
