import Architectures
import Foundation
import Graphs
import ModelFormats
import Operators
import PluginHost
import PluginKit
import TestSupport
import Testing

private let plugins = TestData.packageRoot.appendingPathComponent(".build/release").path

/// The space that BlazeFace-NAS was found in, through the C boundary.
@Suite(
  .enabled("libEspalierBlazeFaceSpace.so is not built: run make build") {
    FileManager.default.fileExists(atPath: "\(plugins)/EspalierBlazeFaceSpace.manifest.json")
  }
)
struct BlazeFaceSpaceTests {
  /// A run that asks for a size.
  private final class Run: SearchContext {
    let network: (any PruningContext)? = nil
    let inputSize: (height: Int, width: Int)?
    let classes: Int?
    let seed: UInt64

    init(inputSize: (height: Int, width: Int)? = nil, classes: Int? = nil, seed: UInt64 = 3) {
      self.inputSize = inputSize
      self.classes = classes
      self.seed = seed
    }
  }

  private func space(_ settings: [String: ParameterValue] = [:]) throws -> PluginSpace {
    try PluginRegistry(policy: PluginPolicy(folders: [.init(path: plugins, origin: .builtIn)]))
      .space(named: "blazeface", settings: settings)
  }

  private func graph(
    _ tokens: [Int],
    of space: PluginSpace,
    in run: Run = Run()
  ) throws -> Graph {
    guard case .model(let bytes) = try space.network(tokens, in: run) else {
      throw PluginError(.internalError, "cuts came")
    }
    let graph = try ONNX.graph(from: Bytes(bytes))
    try graph.verify()
    return graph
  }

  private func count(_ graph: Graph) throws -> BlazeFaceCount {
    let facts = try GraphFacts(graph, operators: .standard)
    return BlazeFaceCount(
      graph.constants.reduce(0) { $0 + $1.value.shape.reduce(1, *) },
      GraphCost(graph, facts: facts, operators: .standard).multiplyAdds
    )
  }

  @Test(
    arguments: [
      (
        "full", 23_514_624, [4, 8, 12, 16, 20, 24, 32], [8, 12, 16, 20, 24, 32, 40, 48, 64],
        [3, 5]
      ),
      ("small", 8_957_952, [4, 8, 12, 16, 24, 32], [8, 12, 16, 24, 32, 40, 48, 64], [3]),
    ]
  )
  func `an edition has the benchmark's choices and as many networks`(
    edition: String,
    count: Int,
    first: [Int],
    single: [Int],
    kernels: [Int]
  ) throws {
    let dimensions = try space(["edition": .string(edition)]).dimensions(in: Run())
    let doubles = Array(repeating: [8, 12, 16, 24, 32, 40, 48, 64, 72, 80, 88, 96], count: 2)
    let middles = Array(repeating: [8, 12, 16, 20, 24, 32], count: 4)
    let choices = [first, single] + doubles + middles + [kernels]
    #expect(dimensions.map(\.labels) == choices.map { $0.map(String.init) })
    #expect(dimensions.reduce(1) { $0 * $1.range.count } == count)
    #expect(dimensions.allSatisfy { $0.labels.count == $0.range.count && $0.range.lowerBound == 0 })
  }

  @Test func `the start is the published BlazeFace-NAS, weights and all`() throws {
    let space = try space()
    let start = try space.start(in: Run())
    #expect(start == [2, 1, 3, 8, 2, 1, 2, 1, 1])
    let found = try graph(start, of: space)
    let published = try BlazeFace(.nas).graph(weights: .seeded(3))
    #expect(found.nodes == published.nodes)
    #expect(found.constants == published.constants)
    #expect(found.outputs == published.outputs)
    #expect(try count(found) == BlazeFaceCount(60_012, 265_779_200))
  }

  @Test func `the small edition begins with the same widths and 3x3 kernels`() throws {
    let space = try space(["edition": .string("small")])
    let start = try space.start(in: Run())
    #expect(start == [2, 1, 3, 8, 2, 1, 2, 1, 0])
    let found = try graph(start, of: space)
    let published = try BlazeFace(.nas, kernels: .threeByThree).graph(weights: .seeded(3))
    #expect(found.nodes == published.nodes && found.constants == published.constants)
  }

  @Test(arguments: [
    (1, false, 98_620, 445_734_400), (0, false, 47_204, 210_048_000),
    (1, true, 48_020, 216_934_400), (0, true, 47_204, 210_048_000),
  ])
  func `NAS-v2 lies in the space`(
    kernel: Int,
    grouped: Bool,
    parameters: Int,
    multiplyAdds: Int
  ) throws {
    let space = try space(["grouped": .bool(grouped)])
    let found = try graph([2, 1, 4, 8, 2, 5, 2, 4, kernel], of: space)
    #expect(try count(found) == BlazeFaceCount(parameters, multiplyAdds))
  }

  @Test(arguments: ["full", "small"])
  func `labels say the widths that a network has`(edition: String) throws {
    let space = try space(["edition": .string(edition)])
    let dimensions = try space.dimensions(in: Run())
    var random = SeededNumbers(41)
    for _ in 0..<4 {
      let tokens = dimensions.map { Int(random.next() >> 33) % $0.range.count }
      let values = zip(dimensions, tokens).compactMap { Int($0.label(of: $1)) }
      try #require(values.count == 9)
      let (n1, n2, d2, d3) = (values[0], values[1], values[2], values[3])
      let blocks = BlazeFace.Blocks(
        first: n1,
        singles: [.init(n1), .init(n2, stride: 2), .init(n2)],
        doubles: [
          .init(values[4], d2, stride: 2), .init(values[5], d2),
          .init(values[6], d3, stride: 2), .init(values[7], d3),
        ]
      )
      let kernels: BlazeFace.Kernels = values[8] == 5 ? .fiveByFive : .threeByThree
      #expect(try count(graph(tokens, of: space)) == BlazeFaceCount(blocks, kernels))
    }
  }

  @Test func `a network has the run's size unless the space is told another`() throws {
    let start = [2, 1, 3, 8, 2, 1, 2, 1, 1]
    let run = Run(inputSize: (height: 96, width: 64), classes: 1)
    func sizes(_ settings: [String: ParameterValue], _ run: Run) throws -> [Int]? {
      try graph(start, of: try space(settings), in: run).inputs.first?.type.shape?.dimensions
        .suffix(2).compactMap(\.value)
    }
    #expect(try sizes([:], run) == [96, 64])
    #expect(try sizes([:], Run()) == [640, 640])
    #expect(try sizes(["input_size": .int(128)], run) == [128, 128])
  }

  @Test func `what makes no such network is told`() throws {
    let start = [2, 1, 3, 8, 2, 1, 2, 1, 1]
    func message(_ tokens: [Int], _ run: Run) throws -> String {
      try #require(throws: PluginError.self) { try space().network(tokens, in: run) }.message
    }
    #expect(try message(start, Run(classes: 20)).contains("tells 20 classes apart"))
    #expect(
      try message(start, Run(inputSize: (height: 100, width: 96))).contains("multiples of 16")
    )
    #expect(
      try message([2, 1, 3, 8, 2, 1, 2, 1, 2], Run()).contains("are not tokens of this space")
    )
    let error = try #require(throws: PluginHostError.self) {
      try space(["input_size": .int(100)])
    }
    #expect("\(error)".contains("must be a multiple of 16"))
  }
}
