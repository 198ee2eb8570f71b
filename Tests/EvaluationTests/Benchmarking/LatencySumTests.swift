import Architectures
import Evaluation
import Files
import Graphs
import Models
import Operators
import TestSupport
import Testing

/// What networks take by a table.
struct LatencySumTests {
  /// The convolutions of BlazeFace-NAS at 640 with pairs of 3×3 depthwise ones, counted by hand from its blocks: what stands behind
  /// the flags in their keys, and how often each occurs.
  private static let nas: [(work: String, count: Int)] = [
    ("3,640,640,12,1,3,1,2,1", 1),
    // single(12,12), single(12,12,/2), single(12,12)
    ("12,320,320,12,12,3,1,1,1", 3), ("12,320,320,12,1,1,0,1,1", 1),
    ("12,320,320,12,12,3,1,2,1", 1), ("12,160,160,12,1,1,0,1,1", 3),
    // double(12,16,24,/2)
    ("12,160,160,12,12,3,1,1,1", 3), ("12,160,160,12,12,3,1,2,1", 1),
    ("12,80,80,16,1,1,0,1,1", 1), ("16,80,80,16,16,3,1,1,1", 2), ("16,80,80,24,1,1,0,1,1", 1),
    ("12,80,80,24,1,1,0,1,1", 2),
    // double(24,12,24)
    ("24,80,80,24,24,3,1,1,1", 3), ("24,80,80,12,1,1,0,1,1", 1), ("12,80,80,12,12,3,1,1,1", 2),
    // double(24,16,72,/2)
    ("24,80,80,24,24,3,1,2,1", 1), ("24,40,40,16,1,1,0,1,1", 1), ("16,40,40,16,16,3,1,1,1", 2),
    ("16,40,40,72,1,1,0,1,1", 1), ("24,40,40,72,1,1,0,1,1", 1),
    // double(72,12,72)
    ("72,40,40,72,72,3,1,1,1", 2), ("72,40,40,12,1,1,0,1,1", 1), ("12,40,40,12,12,3,1,1,1", 2),
    ("12,40,40,72,1,1,0,1,1", 1),
    // Boxes and scores of both maps.
    ("24,80,80,8,1,3,1,1,1", 1), ("24,80,80,4,1,3,1,1,1", 1), ("72,40,40,24,1,3,1,1,1", 1),
    ("72,40,40,12,1,3,1,1,1", 1),
  ]

  private func network(_ variant: BlazeFace.Variant) throws -> Model {
    let graph = try BlazeFace(variant, kernels: .threeByThree).graph(weights: .seeded(0))
    return try Model(variant.rawValue, graph)
  }

  private func square(_ key: String) throws -> SquareConvolution {
    try #require(SquareConvolution(latencyKey: key), "\(key)")
  }

  /// A table of bare convolutions as PaddleSlim's are, with times that are made up: odd numbers from 101 on.
  private func bareTable() throws -> (table: LatencyTable, sum: Double) {
    var table = LatencyTable(hardware: "made up")
    var sum = 0.0
    for (place, row) in Self.nas.enumerated() {
      let time = Double(101 + 2 * place)
      table[try square("conv,0,0,1,\(row.work)")] = time
      sum += time * Double(row.count)
    }
    return (table, sum)
  }

  @Test func `a network takes the sum over its convolutions`() throws {
    let (table, sum) = try bareTable()
    #expect(Self.nas.reduce(0) { $0 + $1.count } == 41)
    #expect(try table.latency(of: network(.nas)).get() == sum)
  }

  @Test func `batch norms that were folded change nothing`() throws {
    var (table, sum) = try bareTable()
    // A row with the bias and the ReLU counts before the bare one: it is the first, which both networks ask for alike.
    let first = Self.nas[0].work
    table[try square("conv,1,1,1,\(first)")] = 1000
    sum += 1000 - 101
    let network = try network(.nas)
    #expect(try table.latency(of: network).get() == sum)
    #expect(try table.latency(of: network.foldingBatchNorms()).get() == sum)
  }

  @Test func `of a bias and a ReLU that the table lacks one counts by itself`() throws {
    var (table, sum) = try bareTable()
    table[try square("conv,1,0,1,\(Self.nas[0].work)")] = 500
    #expect(try table.latency(of: network(.nas)).get() == sum + 500 - 101)
    (table, sum) = try bareTable()
    table[try square("conv,0,1,1,\(Self.nas[0].work)")] = 600
    #expect(try table.latency(of: network(.nas)).get() == sum + 600 - 101)
  }

  @Test func `what a table lacks is named with the layer that asks for it`() throws {
    let (table, _) = try bareTable()
    guard case .failure(let missing) = table.latency(of: try network(.nasV2)) else {
      Issue.record("the table covers NAS-v2")
      return
    }
    // By hand: 2 of the block to 32 channels, 6 of the one at 32, 4 of the one from 32, 3 around 24 channels, and 2 heads over 32.
    #expect(missing.layers.count == 17)
    #expect(missing.layers.first?.name.hasPrefix("blaze_3_2_sep") == true)
    #expect(missing.keys.contains("conv,1,1,1,16,80,80,32,1,1,0,1,1"), "\(missing.keys)")
    let text = "\(missing)"
    #expect(text.contains("conv,1,1,1,16,80,80,32,1,1,0,1,1"), "\(text)")
    #expect(text.contains("'blaze_3_2_sep"), "\(text)")
    #expect(text.contains("espalier bench MODEL --table FILE"), "\(text)")
  }

  @Test func `a layer that no key can state makes the network infeasible, by name`() throws {
    var graph = Graph(
      nodes: [Node("ConvTranspose", name: "up", inputs: ["x", "w"], outputs: ["y"])],
      inputs: [ValueInfo("x", .float32, [1, 2, 4, 4])],
      outputs: [ValueInfo("y", .float32)],
      model: ModelInfo(opsets: ["": 22], irVersion: 10)
    )
    graph.constants["w"] = Constant([Float](repeating: 1, count: 24), shape: [2, 3, 2, 2])
    let found = LatencyTable(hardware: "x").latency(of: try Model("up", graph))
    guard case .failure(let missing) = found else {
      Issue.record("\(found)")
      return
    }
    #expect(missing.keys.isEmpty)
    #expect(
      "\(missing)"
        == "the latency table says nothing of 'up': ConvTranspose, not a plain convolution"
    )
  }

  /// The table that was published for a phone, which is not ours to ship.
  @Test(arguments: [(BlazeFace.Variant.nas, 21_117.0), (.nasV2, 22_558)])
  func `the published table gives the published sums`(
    _ variant: BlazeFace.Variant,
    _ microseconds: Double
  ) throws {
    guard let path = TestData.path("latency/latency_855.txt"), File.exists(path) else {
      return print(
        "skipped: no latency/latency_855.txt in ESPALIER_TEST_DATA; PaddleDetection's release 0.2 has it in slim/nas"
      )
    }
    let table = try LatencyTable(reading: path)
    #expect(table.hardware == "855")
    #expect(try table.latency(of: network(variant)).get() == microseconds)
  }
}
