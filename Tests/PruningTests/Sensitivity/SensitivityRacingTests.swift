import Evaluation
import Graphs
import Pruning
import Recipes
import TestNetworks
import TestSupport
import Testing

@Suite(.serialized)
struct SensitivityRacingTests {
  private static let images = 64

  private static func settings(racing: Double?) -> SensitivityAnalysis.Settings {
    var settings = SensitivityAnalysis.Settings()
    settings.ratios = [0.1, 0.5, 0.9]
    settings.bootstrap = Bootstrap(draws: 100, seed: 3)
    settings.racing = racing
    return settings
  }

  @Test func `racing drops settled points, says so, and keeps their intervals`() throws {
    let judged = try JudgedModel(RandomNetwork(seed: 5).graph, images: Self.images)
    let exact = judged.evaluator()
    let whole = try SensitivityAnalysis(exact, settings: Self.settings(racing: nil))
      .run(modelHash: "m")
    let bound = 0.02
    let fast = judged.evaluator()
    let raced = try SensitivityAnalysis(fast, settings: Self.settings(racing: bound))
      .run(modelHash: "m")
    let dropped = raced.points.filter { $0.images < Self.images }
    #expect(!dropped.isEmpty)
    #expect(raced.isApproximate && !whole.isApproximate)
    #expect(fast.work.executed < exact.work.executed)
    for point in dropped {
      let (low, high) = (try #require(point.low), try #require(point.high))
      #expect(low <= point.loss && point.loss <= high)
      #expect(high < bound || low > bound)
    }
    // Points that were never settled are those of the whole analysis, to the bit.
    for (point, all) in zip(raced.points, whole.points) where point.images == Self.images {
      #expect(point == all)
    }
  }

  @Test func `nothing is called approximate where no point was dropped`() throws {
    let judged = try JudgedModel(RandomNetwork(seed: 5).graph, images: 1)
    let raced = try SensitivityAnalysis(judged.evaluator(), settings: Self.settings(racing: 0.02))
      .run(modelHash: "m")
    #expect(!raced.isApproximate)
    #expect(raced.points.allSatisfy { $0.images == 1 })
  }

  @Test func `a point that was dropped can be recut`() throws {
    let judged = try JudgedModel(RandomNetwork(seed: 5).graph, images: Self.images)
    let analysis = try SensitivityAnalysis(
      judged.evaluator(),
      settings: Self.settings(racing: 0.02)
    )
    _ = try analysis.run(modelHash: "m")
    let checks = try analysis.verify(1000, seed: 1)
    #expect(checks.count == analysis.candidates.count)
    #expect(checks.allSatisfy { $0.difference <= 1e-5 })
    #expect(checks.allSatisfy { abs($0.metrics[0] - $0.metrics[1]) <= 1e-4 })
  }

  @Test func `run folders of different ratios merge, and then nothing is left to measure`() throws {
    let judged = try JudgedModel(RandomNetwork(seed: 3).graph, images: 4)
    let folder = try ScratchFolder()
    func analysis(_ file: String, _ ratios: [Double]) throws -> SensitivityAnalysis {
      var settings = Self.settings(racing: nil)
      settings.ratios = ratios
      let store = try SensitivityStore(Database(folder.path(file)), context: "c")
      return try SensitivityAnalysis(judged.evaluator(store), settings: settings)
    }
    _ = try analysis("a", [0.2, 0.6]).run(modelHash: "m")
    _ = try analysis("b", [0.4]).run(modelHash: "m")
    let database = try Database(folder.path("both"))
    for file in ["a", "b"] { try SensitivityStore.merge(folder.path(file), into: database) }
    let merged = try analysis("both", [0.2, 0.4, 0.6])
    let result = try merged.run(modelHash: "m")
    #expect(merged.evaluator.work.executed == 0)
    let whole = try analysis("new", [0.2, 0.4, 0.6]).run(modelHash: "m")
    #expect(result.points.map(\.cut) == whole.points.map(\.cut))
    for (a, b) in zip(result.points, whole.points) { #expect(abs(a.loss - b.loss) <= 1e-6) }
  }

  @Test func `folders that disagree about an image are not merged`() throws {
    let folder = try ScratchFolder()
    for (file, value) in [("a", 0.5), ("b", 0.25)] {
      let store = try SensitivityStore(Database(folder.path(file)), context: "c")
      try store.save([.agreement(value)], of: "cut", 0..<1)
    }
    let database = try Database(folder.path("both"))
    try SensitivityStore.merge(folder.path("a"), into: database)
    #expect(throws: SensitivityError.self) {
      try SensitivityStore.merge(folder.path("b"), into: database)
    }
  }
}
