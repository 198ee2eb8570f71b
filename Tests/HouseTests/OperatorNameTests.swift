import Operators
import Testing

/// Files outside the operators' rooms that name operators, and why each may.
private let mayName: [String: String] = [
  "Sources/Architectures/Benchmark/Benchmark+MultiplyAdds.swift":
    "counts networks built beside it, below the layer that knows operators",
  "Sources/Architectures/Benchmark/Benchmark+Size.swift":
    "weighs networks built beside it, below the layer that knows operators",
  "Sources/Architectures/GraphBuilder+Convolution.swift": "builds networks",
  "Sources/Architectures/GraphBuilder+Deformable.swift": "builds networks",
  "Sources/Architectures/GraphBuilder+Plumbing.swift": "builds networks",
  "Sources/Detection/Heads/NetworkInterface+Tail.swift":
    "tells decoded outputs from raw ones by what is computed last, runtimes' own operators too",
  "Sources/Operators/Importing/Normalizing.swift":
    "makes constants of nodes that no operator of the set stands for",
  "Sources/Operators/Schemas/OperatorSchema+Checking.swift":
    "states what ONNX's checker demands beyond the table of schemas",
  "Sources/Validation/Drawing/DrawnQuantizing.swift": "draws networks that plugins are asked about",
  "Plugins/Distill/Split.swift": "is a strategy that is called so",
]

struct OperatorNameTests {
  /// The operators' names that stand between quotes in a text, comments left out.
  private func names(in text: String) -> Set<String> {
    var found: Set<String> = []
    for line in text.split(separator: "\n") where !line.drop(while: \.isWhitespace).hasPrefix("//")
    {
      for match in line.matches(of: #/"(\w+)"/#) where SchemaTable.standard.knows(String(match.1)) {
        found.insert(String(match.1))
      }
    }
    return found
  }

  @Test func `an operator is named in its room, and by what is listed with a reason`() throws {
    let files = ["Sources", "Plugins"].flatMap { SourceTree.files(in: $0, endings: ["swift"]) }
      .filter { !$0.hasPrefix("Sources/Operators/Kinds/") }
    #expect(files.count > 300)
    var naming: Set<String> = []
    for file in files {
      let found = try names(in: SourceTree.text(file)).sorted()
      if found.isEmpty { continue }
      naming.insert(file)
      #expect(
        mayName[file] != nil,
        "\(file) names \(found): ask the operator set for weights, parameters or traits"
      )
    }
    #expect(Set(mayName.keys).subtracting(naming).sorted() == [], "these name none any more")
  }

  @Test func `the rooms are where names are found`() throws {
    let found = try SourceTree.files(in: "Sources/Operators/Kinds", endings: ["swift"]).reduce(
      into: Set<String>()
    ) { $0.formUnion(try names(in: SourceTree.text($1))) }
    let known = OperatorSet.standard.names.filter { SchemaTable.standard.knows($0) }
    #expect(known.count > 150 && Set(known).subtracting(found).sorted() == [])
  }

  @Test(
    arguments: [
      (#"case "Conv", "Gemm": true"#, ["Conv", "Gemm"]), (#"/// "Conv""#, []),
      (#"f("\(a)Conv")"#, []),
      (#"ATen.one("mul", "Tensor", a)"#, []), (#"Node("If", inputs: [])"#, ["If"]),
    ] as [(String, [String])]
  )
  func `names are told from other words`(line: String, found: [String]) {
    #expect(names(in: line).sorted() == found)
  }
}
