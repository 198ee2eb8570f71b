import Evaluation
import Graphs
import Models

/// Times the layers of a model at a few widths each, keeping what was timed.
struct LayerTimer {
  /// The times so far, and their file; nil keeps none.
  var times: LayerTimes?
  /// Milliseconds of networks, in turns.
  let time: ([Model]) throws -> [Double]
  let tell: (RunEvent) -> Void
  let stop: StopRequest?
  /// Times that no file keeps.
  private var known: [String: Double] = [:]

  init(
    _ times: LayerTimes?,
    tell: @escaping (RunEvent) -> Void = { _ in },
    stop: StopRequest? = nil,
    time: @escaping ([Model]) throws -> [Double]
  ) {
    self.times = times
    self.tell = tell
    self.stop = stop
    self.time = time
  }

  /// The widths at which a layer is timed.
  struct Grid {
    let probe: LayerProbe
    let first: [Int]
    let second: [Int]
    /// The network of each pair, a row a length of the first axis.
    let networks: [(key: String, graph: Graph)]

    init(_ probe: LayerProbe, least removed: [Int], block: Int) throws {
      self.probe = probe
      let first = LayerTable.lengths(
        from: probe.input.length(removed),
        to: probe.input.full,
        block: block
      )
      let second = LayerTable.lengths(
        from: probe.output.length(removed),
        to: probe.output.full,
        block: block
      )
      networks = try first.flatMap { a in
        try second.map { b in
          let graph = try probe.network(a, b)
          return (try LayerProbe.key(of: graph), graph)
        }
      }
      (self.first, self.second) = (first, second)
    }
  }

  /// What each layer costs by its width.
  ///
  /// - Parameters:
  ///   - probes: the layers.
  ///   - removed: the most channels that each segment may lose.
  ///   - block: channels that are cut together.
  /// - Returns: a term a layer that can be timed.
  /// - Throws: ``TargetError/stopped``; what timing and writing throw.
  mutating func terms(
    of probes: [LayerProbe],
    least removed: [Int],
    block: Int
  ) throws -> [CostTerm] {
    let grids = probes.compactMap { Self.grid(of: $0, least: removed, block: block) }
    var seen: Set<String> = []
    let wanted = grids.compactMap { grid -> (String, [(key: String, graph: Graph)])? in
      let missing = grid.networks.filter {
        known[$0.key] == nil && times?[$0.key] == nil && seen.insert($0.key).inserted
      }
      return missing.isEmpty ? nil : (grid.probe.name, missing)
    }
    let start = LatencyTurns.seconds()
    for (done, (name, missing)) in wanted.enumerated() {
      guard stop?.isWanted != true else { throw TargetError.stopped }
      let spent = LatencyTurns.seconds() - start
      tell(
        .timing(
          .init(
            key: name,
            done: done,
            all: wanted.count,
            secondsLeft: done == 0 ? nil : spent / Double(done) * Double(wanted.count - done)
          )
        )
      )
      try measure(missing)
    }
    return grids.map {
      CostTerm(input: $0.probe.input, output: $0.probe.output, rule: .table(table($0)))
    }
  }

  /// The widths of a layer whose networks can be analysed; without what goes along with it where only that does not fit.
  private static func grid(of probe: LayerProbe, least removed: [Int], block: Int) -> Grid? {
    for probe in [probe, probe.bare] {
      guard let grid = try? Grid(probe, least: removed, block: block) else { continue }
      let isSound = grid.networks.allSatisfy { network in
        (try? Model.analysed("layer", network.graph, inputSize: nil))?.graph.outputs.isEmpty
          == false
      }
      if isSound { return grid }
    }
    return nil
  }

  private mutating func measure(_ networks: [(key: String, graph: Graph)]) throws {
    let models = try networks.map { try Model.analysed("a layer", $0.graph, inputSize: nil) }
    let found = Array(zip(networks.map(\.key), try time(models)))
    for (key, milliseconds) in found { known[key] = milliseconds }
    try times?.add(found.map { ($0.0, $0.1) })
  }

  private func table(_ grid: Grid) -> LayerTable {
    let row = grid.second.count
    let values = grid.networks.map { known[$0.key] ?? times?[$0.key] ?? 0 }
    return LayerTable(
      first: grid.first,
      second: grid.second,
      measured: grid.first.indices.map { Array(values[$0 * row..<($0 + 1) * row]) }
    )
  }
}
