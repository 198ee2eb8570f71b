import CEspalier
import PluginKit
import Synchronization
import Tensors
import Testing

/// The table that a Swift plugin hands out.
struct PluginExportTests {
  private struct Cutter: Strategy, Pruner {
    static let description = StrategyDescription(id: "cut", name: "", version: "1", doc: "")
    init(settings: Settings) throws(PluginError) {}
    func plan(for model: any PruningContext) throws(PluginError) -> PruningPlan { PruningPlan() }
  }

  private struct Loss: Strategy, DistillLoss {
    static let description = StrategyDescription(id: "loss", name: "", version: "1", doc: "")
    init(settings: Settings) throws(PluginError) {}
    func loss(of pairs: [DistillPair], in context: any DistillContext) throws -> Tensor {
      try Tensor.full([], 0)
    }
  }

  private struct Space: Strategy, SearchSpace {
    static let description = StrategyDescription(id: "space", name: "", version: "1", doc: "")
    init(settings: Settings) throws(PluginError) {}
    func dimensions(in context: any SearchContext) throws(PluginError) -> [SearchDimension] { [] }
    func network(
      _ tokens: [Int],
      in context: any SearchContext
    ) throws(PluginError) -> SearchedNetwork { .cuts(PruningPlan()) }
  }

  private func version(_ strategies: [Plugin.Entry]) throws -> esp_version {
    let plugin = Plugin(id: "p", version: "1", strategies: strategies)
    let host = unsafe esp_host()
    return try unsafe withUnsafePointer(to: host) { host in
      let table = unsafe try #require(PluginExport.entry(host, plugin))
      return unsafe table.pointee.abi
    }
  }

  @Test func `asks for the least host that can use any of its strategies`() throws {
    #expect(try version([.pruner(Cutter.self)]).min_host_minor == 0)
    #expect(try version([.distillLoss(Loss.self)]).min_host_minor == 1)
    // Hosts skip what they do not know, so the loss is no reason to keep the pruner from them.
    #expect(try version([.distillLoss(Loss.self), .pruner(Cutter.self)]).min_host_minor == 0)
    #expect(try version([.space(Space.self), .distillLoss(Loss.self)]).min_host_minor == 1)
    #expect(try version([.space(Space.self)]).min_host_minor == 2)
    #expect(try version([]).min_host_minor == 0)
  }

  @Test func `the plugin's ending is in its table, and runs once`() throws {
    let count = Counter()
    let plugin = Plugin(
      id: "p",
      version: "1",
      strategies: [.pruner(Cutter.self)],
      shutdown: { count.add() }
    )
    let host = unsafe esp_host()
    try unsafe withUnsafePointer(to: host) { host in
      let without = unsafe try #require(
        PluginExport.entry(host, Plugin(id: "q", version: "1", strategies: []))
      )
      unsafe #expect(without.pointee.shutdown == nil)
      let table = unsafe try #require(PluginExport.entry(host, plugin))
      let shutdown = unsafe try #require(table.pointee.shutdown)
      #expect(count.value == 0)
      shutdown()
      shutdown()
      #expect(count.value == 1)
    }
  }

  private final class Counter: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    func add() { count.withLock { $0 += 1 } }
  }

  @Test func `says the version that it was built against`() throws {
    let version = try version([.pruner(Cutter.self)])
    #expect(version.major == 1 && version.minor == 2)
  }
}
