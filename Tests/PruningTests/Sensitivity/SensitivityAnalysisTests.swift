import Files
import Foundation
import Graphs
import Operators
import PluginKit
import Pruning
import Recipes
import TestNetworks
import TestSupport
import Testing

@Suite(.serialized)
struct SensitivityAnalysisTests {
  /// A chain of three 1×1 convolutions of 4, 10 and 2 filters over a 5×5 map.
  private static func chain() -> Graph {
    var graph = Graph(model: ModelInfo(opsets: ["": 22], irVersion: 10))
    graph.inputs = [ValueInfo("x", .float32, [1, 3, 5, 5])]
    var (value, channels) = ("x", 3)
    for (name, filters) in [("a", 4), ("b", 10), ("c", 2)] {
      let values = (0..<filters * channels).map { Float(($0 * 7 + filters) % 13 - 6) / 6 }
      graph.constants["\(name).w"] = Constant(values, shape: [filters, channels, 1, 1])
      graph.nodes.append(
        Node("Conv", name: name, inputs: [value, "\(name).w"], outputs: ["\(name).y"])
      )
      graph.nodes.append(Node("Relu", name: "\(name).r", inputs: ["\(name).y"], outputs: [name]))
      (value, channels) = (name, filters)
    }
    graph.outputs = [ValueInfo("c", .float32)]
    return graph
  }

  @Test func `no more is executed than the arithmetic asks for`() throws {
    let judged = try JudgedModel(Self.chain(), ratios: [0.2, 0.5, 0.8], images: 3)
    let work = try judged.worst().work
    // Per pixel: a 12, b 40, c 20. Group a keeps 3, 2 and 1 of 4 channels: the first layer behind it costs 3 of 4 of b
    // for all three, and c three times. Group b keeps 8, 5 and 2 of 10: 8 of 10 of c.
    let perPixel = (12 + 40 + 20) + (30 + 3 * 20) + 16
    #expect(work.executed == perPixel * 25 * 3)
    #expect(work.limit == perPixel * 25 * 3)
    #expect(work.naive == (12 + 40 + 20) * 7 * 25 * 3)
  }

  @Test func `a small memory gives the same records`() throws {
    let judged = try JudgedModel(RandomNetwork(seed: 5).graph, images: 3)
    let (large, small) = (RecordMemory(), RecordMemory())
    try judged.evaluator(large).evaluate(judged.cuts)
    try judged.evaluator(small, memory: 1).evaluate(judged.cuts)
    for cut in judged.cuts {
      let key = CutEvaluator.key(of: cut)
      #expect(try large.records(of: key, 0..<3) == small.records(of: key, 0..<3))
    }
  }

  @Test func `an analysis that was stopped ends with the same bytes`() throws {
    let judged = try JudgedModel(RandomNetwork(seed: 3).graph, images: 4)
    var settings = SensitivityAnalysis.Settings()
    settings.ratios = [0.3, 0.6]
    settings.bootstrap = Bootstrap(draws: 20)
    let whole = try SensitivityAnalysis(judged.evaluator(), settings: settings).run(modelHash: "m")
    let folder = try ScratchFolder()
    let file = folder.path("run.sqlite")
    func store() throws -> SensitivityStore { try SensitivityStore(Database(file), context: "c") }
    var left = 7
    let first = judged.evaluator(try store())
    first.shouldStop = {
      left -= 1
      return left < 0
    }
    #expect(throws: SensitivityError.stopped) {
      try SensitivityAnalysis(first, settings: settings).run(modelHash: "m")
    }
    let again = judged.evaluator(try store())
    let resumed = try SensitivityAnalysis(again, settings: settings).run(modelHash: "m")
    #expect(resumed.json.text == whole.json.text)
    // Now that all is there, nothing is executed.
    let last = judged.evaluator(try store())
    _ = try SensitivityAnalysis(last, settings: settings).run(modelHash: "m")
    #expect(last.work.executed == 0)
    #expect(again.work.executed > 0)
  }

  @Test func `points recut agree`() throws {
    let judged = try JudgedModel(RandomNetwork(seed: 8).graph)
    var settings = SensitivityAnalysis.Settings()
    settings.ratios = [0.4, 0.7]
    let analysis = try SensitivityAnalysis(judged.evaluator(), settings: settings)
    _ = try analysis.run(modelHash: "m")
    let checks = try analysis.verify(3, seed: 1)
    #expect(checks.count == 3)
    for check in checks {
      #expect(check.difference <= 1e-5)
      #expect(abs(check.metrics[0] - check.metrics[1]) <= 1e-4)
    }
  }

  @Test func `results by ratio merge into the whole`() throws {
    let judged = try JudgedModel(Self.chain(), images: 2)
    func result(_ ratios: [Double], hash: String = "m") throws -> SensitivityResult {
      var settings = SensitivityAnalysis.Settings()
      settings.ratios = ratios
      return try SensitivityAnalysis(judged.evaluator(), settings: settings).run(modelHash: hash)
    }
    let merged = try result([0.25]).merged(with: result([0.5, 0.75]), path: "b")
    let whole = try result([0.25, 0.5, 0.75])
    #expect(merged.points.map(\.cut) == whole.points.map(\.cut))
    #expect(throws: SensitivityError.self) {
      try result([0.25]).merged(with: result([0.5], hash: "other"), path: "b")
    }
  }

  @Test func `a name that no group has is told with the nearest`() throws {
    let judged = try JudgedModel(Self.chain())
    var settings = SensitivityAnalysis.Settings()
    settings.groups = ["a.v"]
    #expect(throws: SensitivityError.noGroup("a.v", nearest: "a.w")) {
      try SensitivityAnalysis(judged.evaluator(), settings: settings)
    }
  }
}

struct BootstrapTests {
  @Test func `a draw depends on nothing but seed, number and count`() {
    let bootstrap = Bootstrap(draws: 3, seed: 9)
    #expect(bootstrap.sample(2, of: 50) == Bootstrap(draws: 99, seed: 9).sample(2, of: 50))
    #expect(bootstrap.sample(2, of: 50) != bootstrap.sample(1, of: 50))
    #expect(bootstrap.sample(0, of: 50).allSatisfy { (0..<50).contains($0) })
  }

  @Test func `the interval interpolates between order statistics`() {
    // Of 0…40 the 2.5 % quantile is 1 and the 97.5 % quantile 39.
    let interval = Bootstrap(draws: 41).interval((0...40).map(Double.init).shuffled())
    #expect(abs((interval?.lowerBound ?? 0) - 1) < 1e-12)
    #expect(abs((interval?.upperBound ?? 0) - 39) < 1e-12)
  }

  /// The mean of n draws scatters by s/√n, so that its 95 % interval is ±1.96 s/√n.
  @Test func `the interval of a mean has the width that theory states`() {
    let values = (0..<400).map { Double($0 % 20) }
    let bootstrap = Bootstrap(draws: 2000, seed: 4)
    let means = (0..<2000).map { draw in
      bootstrap.sample(draw, of: 400).reduce(0) { $0 + values[$1] } / 400
    }
    // Uniform on 0…19: variance (20² − 1) / 12 = 33.25.
    let expected = 1.96 * (33.25 / 400).squareRoot()
    let interval = bootstrap.interval(means) ?? 0...0
    #expect(abs(interval.upperBound - 9.5 - expected) < 0.06)
    #expect(abs(9.5 - interval.lowerBound - expected) < 0.06)
  }
}

struct LossCurveTests {
  private let curve = LossCurve(
    group: "a",
    points: [
      .init(ratio: 0.5, loss: 0.1), .init(ratio: 0.1, loss: 0.01), .init(ratio: 0.3, loss: 0.02),
    ]
  )

  @Test(arguments: [
    // 0.3 + (0.06 − 0.02)(0.5 − 0.3)/(0.1 − 0.02) = 0.4
    (0.06, 0.4), (0.02, 0.3), (0.1, 0.5), (0.9, 0.5), (0.015, 0.2),
  ])
  func `a loss between two measured ones is interpolated`(loss: Double, ratio: Double) throws {
    #expect(abs(try #require(curve.ratio(atLoss: loss)) - ratio) < 1e-12)
  }

  @Test func `a group that always costs more stays whole`() {
    #expect(curve.ratio(atLoss: 0.005) == nil)
    #expect(LossCurve.plan([curve], loss: 0.005).cuts.isEmpty)
  }

  @Test func `the least loss for a target is found by halving`() throws {
    // What is wanted is a ratio of at least 0.4, which costs 0.06.
    let loss = try #require(
      LossCurve.leastLoss([curve], steps: 40) { plan in
        if case .ratio(let ratio)? = plan.cuts["a"] { ratio >= 0.4 } else { false }
      }
    )
    #expect(abs(loss - 0.06) < 1e-9)
    #expect(LossCurve.leastLoss([curve]) { _ in false } == nil)
  }

  @Test func `a curve survives its text`() throws {
    #expect(try CurveText.curve(CurveText.text(curve)) == curve)
    #expect(throws: PluginError.self) { try CurveText.curve("a=0.1") }
  }
}

struct SensitivityFileTests {
  @Test(
    .enabled(if: Python.isPresent, "\(Python.reason)"),
    arguments: [0, 2]
  )
  func `Python reads what we write`(version: Int) throws {
    let folder = try ScratchFolder()
    let curve = LossCurve(
      group: "yolo_block.0.conv\u{e9}",
      points: [.init(ratio: 0.1, loss: -0.25), .init(ratio: 0.9, loss: 1e-7)]
    )
    try SensitivityFile.writePickle([curve], to: folder.path("s"), version: version)
    let text = try Python.run(
      "import pickle, sys; print(ascii(pickle.load(open(sys.argv[1], 'rb'))), end='')",
      [folder.path("s")]
    )
    #expect(text == #"{'yolo_block.0.conv\xe9': {0.1: -0.25, 0.9: 1e-07}}"#)
  }

  @Test(.enabled(if: Python.isPresent, "\(Python.reason)"), arguments: 0...5)
  func `we read what Python writes`(version: Int) throws {
    let folder = try ScratchFolder()
    _ = try Python.run(
      """
      import pickle, sys, numpy
      table = {b'a': {0.30000000000000004: numpy.float32(0.5), 0.1: 0.25}, 'b\\u00e9': {0.2: numpy.float64(-1)}}
      pickle.dump(table, open(sys.argv[1], 'wb'), protocol=int(sys.argv[2]))
      """,
      [folder.path("s"), "\(version)"]
    )
    let curves = try SensitivityFile.read(folder.path("s"))
    #expect(curves.map(\.group) == ["a", "b\u{e9}"])
    #expect(curves[0].points == [.init(ratio: 0.1, loss: 0.25), .init(ratio: 0.3, loss: 0.5)])
    #expect(curves[1].points == [.init(ratio: 0.2, loss: -1)])
  }

  @Test(.enabled(if: Python.isPresent, "\(Python.reason)"))
  func `a pickle that calls anything is refused`() throws {
    let folder = try ScratchFolder()
    _ = try Python.run(
      """
      import pickle, sys, os
      class Bad:
          def __reduce__(self): return os.system, ('touch ' + sys.argv[1] + '.made',)
      pickle.dump({'a': Bad()}, open(sys.argv[1], 'wb'))
      """,
      [folder.path("s")]
    )
    #expect(throws: SensitivityError.self) { try SensitivityFile.read(folder.path("s")) }
    #expect(!File.exists(folder.path("s.made")))
  }

  @Test(arguments: ["", "\u{FEFF}", "\n ", "\u{FEFF}\r\n"])
  func `our own curves are read behind a byte order mark and blanks`(before: String) throws {
    let folder = try ScratchFolder()
    let json = """
      {"version": 1, "model": "m", "modelHash": "a", "imagesHash": "b", "metric": "agreement", "images": 2, "baseline": 1.0,
       "draws": 0, "seed": 0, "confidence": 0.95, "isApproximate": false, "points": []}
      """
    let path = try folder.write(before + json, to: "s.json")
    #expect(try SensitivityFile.read(path).isEmpty)
    #expect(try SensitivityResult.read(path).images == 2)
    let wide = ("\u{FEFF}" + json).data(using: .utf16LittleEndian) ?? Data()
    try wide.write(to: URL(filePath: path))
    let error = #expect(throws: FileError.self) { try SensitivityFile.read(path) }
    #expect(error?.description.contains("the text is UTF-16; save it as UTF-8") == true)
  }
}
