import Files
import Glibc
import PluginHost
import PluginKit

/// What a call into a plugin costs: a Swift strategy, a C table and a plain C function, beside the same without a boundary.
enum BoundaryBench {
  /// A model of one group of four channels, so that a call does next to nothing but cross the boundary.
  private final class OneGroup: PruningContext {
    let groups = [
      PruningGroup(
        index: 0,
        name: "conv1.weight",
        op: "Conv",
        channels: 4,
        members: [
          PruningMember(
            index: 0,
            name: "conv1.weight",
            op: "Conv",
            kind: .producer,
            axis: 0,
            rank: 2,
            count: 4
          )
        ]
      )
    ]
    func weight(_ member: Int, of group: PruningGroup) throws(PluginError) -> WeightView {
      WeightView([1, 2, 3, 4], shape: [4, 1])
    }
    func importance(of group: PruningGroup) throws(PluginError) -> [Double] { [1, 2, 3, 4] }
    func model() throws(PluginError) -> [UInt8] { [] }
    func cost(of plans: [PruningPlan]) throws(PluginError) -> [PruningCost] { [] }
  }

  /// Times calls of the plugins in a folder, and prints the nanoseconds of one as JSON lines.
  ///
  /// - Parameters:
  ///   - folder: holds the libraries and manifests that scripts/bench-boundary.sh builds.
  ///   - rounds: how often each is timed, turn by turn.
  /// - Throws: what the plugins refuse.
  static func run(_ folder: String, rounds: Int) throws {
    var policy = PluginPolicy(folders: [.init(path: folder, origin: .user)])
    policy.allowsUnvalidated = true
    policy.stagingFolder = "\(folder)/staged"
    let registry = PluginRegistry(policy: policy)
    let built = PluginRegistry(policy: .standard())
    defer { registry.shutDown() }
    let model = OneGroup()
    let group = model.groups[0]
    let direct = try Uniform(settings: Settings(["ratio": .double(0)]))
    let swift = try built.pruner(named: "uniform", settings: ["ratio": .double(0)])
    let table = try registry.pruner(named: "org.example.bench.table")
    let scorer = try registry.scorer(named: "org.example.bench.table")
    let function = try registry.scorer(named: "org.example.bench.function")
    let jobs: [(String, () throws -> Int)] = [
      ("Swift, no boundary: plan", { try direct.plan(for: model).cuts.count }),
      ("Swift plugin: plan", { try swift.plan(for: model).cuts.count }),
      ("C table: plan", { try table.plan(for: model).cuts.count }),
      ("C table: score", { try scorer.score(group, of: model).count }),
      ("C function by libffi: score", { try function.score(group, of: model).count }),
    ]
    var best = [Double](repeating: .infinity, count: jobs.count)
    var sum = 0
    for _ in 0..<rounds {
      for (place, job) in jobs.enumerated() {
        let calls = 2_000
        let start = ContinuousClock.now
        for _ in 0..<calls { sum &+= try job.1() }
        best[place] = min(best[place], (ContinuousClock.now - start) / .nanoseconds(calls))
      }
    }
    for (job, nanoseconds) in zip(jobs, best) {
      let line: JSONValue = ["call": .string(job.0), "nanoseconds": .double(nanoseconds)]
      print(line.line)
    }
    if sum == 0 { print() }
  }
}
