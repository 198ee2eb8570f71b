import Evaluation
import Graphs
import Models
import Operators
import Tensors
import TestNetworks
import TestSupport
import Testing

/// Times of this machine, in each runtime that is there.
struct MeasuredLatencyTests {
  private static let quick = {
    var turns = LatencyTurns()
    (turns.calls, turns.turns, turns.warmUp) = (3, 1, 1)
    return turns
  }()

  /// What measures in a runtime; nil, told, where its library is not there.
  private static func measuring(_ runtime: LatencyRuntime) throws -> MeasuredLatency? {
    var named: String?
    if case .other(let kind) = runtime {
      let locations = InferenceLocations(
        kind,
        environment: {
          $0 == "ESPALIER_PYTHON" ? Python.interpreter : InferenceLocations.variable($0)
        }
      )
      guard let library = try? InferenceLibrary(kind, in: locations) else {
        print("skipped: \(kind.title) is not there: `pip install \(kind.rawValue)`")
        return nil
      }
      named = library.file
    }
    var latency = try MeasuredLatency(on: runtime, named: named)
    latency.turns = quick
    return latency
  }

  private func square(_ channels: Int, kernel: Int = 1) -> SquareConvolution {
    SquareConvolution(
      hasBias: true,
      rectifies: true,
      channels: channels,
      height: 8,
      width: 8,
      filters: 4,
      groups: 1,
      kernel: kernel,
      padding: kernel / 2,
      stride: 1,
      dilation: 1
    )
  }

  private func model(_ square: SquareConvolution) throws -> Model {
    try Model("in memory", square.network)
  }

  /// Two convolutions in a row, the first with its ReLU.
  private func chain() throws -> Model {
    var net = SmallNetwork(input: [1, 3, 8, 8])
    net.convolve("first", "x", 3, 4)
    net.add("Relu", "rectified", ["first"])
    net.convolve("second", "rectified", 4, 2)
    net.finish(["second"])
    return try Model("chain", net.graph)
  }

  @Test(arguments: LatencyRuntime.allCases)
  func `a model that is no file is timed`(_ runtime: LatencyRuntime) throws {
    guard let latency = try Self.measuring(runtime) else { return }
    let model = try model(square(3))
    #expect(try latency.latency(of: model).count == 3)
    #expect(try latency.milliseconds(of: model) > 0)
    #expect(latency.surroundings.hasPrefix(runtime.name))
    #expect(latency.surroundings.hasSuffix(", 1 thread"))
  }

  @Test func `more work takes longer`() throws {
    guard var latency = try Self.measuring(.session) else { return }
    latency.turns.calls = 9
    // 4 and 4 · 64 · 64 · 9 multiply-adds a pixel of 64 × 64.
    var (small, large) = (square(1), square(64, kernel: 3))
    (small.height, small.width, large.height, large.width) = (8, 8, 64, 64)
    large.filters = 256
    let times = try [small, large].map { try latency.milliseconds(of: model($0)) }
    #expect(times[1] > times[0], "\(times)")
  }

  @Test func `torch's threads are afterwards what they were`() throws {
    let before = try Runtime.threadCount()
    var settings = InferenceNetwork.Settings()
    settings.threads = before + 1
    var latency = try MeasuredLatency(on: .session, settings: settings)
    latency.turns = Self.quick
    _ = try latency.milliseconds(of: model(square(2)))
    #expect(try Runtime.threadCount() == before)
  }

  @Test func `a runtime that is not installed says how to get it`() {
    let error = #expect(throws: InferenceError.self) {
      _ = try MeasuredLatency(on: .other(.openVINO), named: "libnowhere.so")
    }
    #expect(error.map { "\($0)" }?.contains("`pip install openvino`") == true)
  }

  @Test func `a model that a runtime refuses is named, not the file that was written`() throws {
    guard let latency = try Self.measuring(.other(.onnxRuntime)) else { return }
    var graph = square(3).network
    graph.nodes.append(Node("Riddle", domain: "nobody", inputs: ["result"], outputs: ["end"]))
    graph.model.opsets["nobody"] = 1
    graph.outputs = [ValueInfo("end", .float32, [1, 4, 8, 8])]
    let strange = try Model("strange", graph)
    let error = #expect(throws: InferenceError.self) { try latency.milliseconds(of: strange) }
    let said = error.map { "\($0)" } ?? ""
    #expect(said.contains("does not execute strange"), "\(said)")
  }

  // MARK: A table of this machine

  private func file(_ path: String, isFresh: Bool = false) throws -> LatencyTableFile {
    var latency = try MeasuredLatency(on: .session)
    latency.turns = Self.quick
    return try LatencyTableFile(path, processor: "ours", latency: latency, isFresh: isFresh)
  }

  @Test func `the table of two networks covers both, each key once, and reads back the same`()
    throws
  {
    let folder = try ScratchFolder()
    let path = folder.path("table.tsv")
    let models = [try chain(), try model(square(4))]
    var file = try file(path)
    let missing = file.missing(of: models + models)
    // By hand: three convolutions, all of another key.
    #expect(
      missing.map(\.latencyKey) == [
        "conv,1,1,1,3,8,8,4,1,3,1,1,1", "conv,1,0,1,4,8,8,2,1,3,1,1,1",
        "conv,1,1,1,4,8,8,4,1,1,0,1,1",
      ]
    )
    var events: [String] = []
    var time = 0.0
    try file.measure(
      missing,
      now: {
        time += 5; return time
      }
    ) { event in
      guard case .timing(let timing) = event else { return }
      events.append("\(timing.done) of \(timing.all), \(timing.secondsLeft ?? -1)")
    }
    // The clock is looked at at the start and before the second and third: 5 s for one, two left; 10 s for two, one left.
    #expect(events == ["0 of 3, -1.0", "1 of 3, 10.0", "2 of 3, 5.0"])
    let table = try LatencyTable(reading: path)
    #expect(table == file.table)
    #expect(table.hardware == "ours, espalier, 1 thread")
    let times = table.rows.map(\.microseconds)
    #expect(times.count == 3 && times.allSatisfy { $0 > 0 })
    #expect(try table.latency(of: models[0]).get() == times[0] + times[1])
    #expect(try table.latency(of: models[1]).get() == times[2])
    #expect(try self.file(path).missing(of: models).isEmpty)
  }

  @Test func `times that are there stay, unless the table is begun anew`() throws {
    let folder = try ScratchFolder()
    let path = folder.path("table.tsv")
    let model = try chain()
    let key = "conv,1,1,1,3,8,8,4,1,3,1,1,1"
    _ = try folder.write("op_type\tours, espalier, 1 thread\tus\n\(key)\t123456\n", to: "table.tsv")
    var grown = try file(path)
    let missing = grown.missing(of: [model])
    #expect(missing.map(\.latencyKey) == ["conv,1,0,1,4,8,8,2,1,3,1,1,1"])
    try grown.measure(missing)
    #expect(try LatencyTable(reading: path).rows[0] == grown.table.rows[0])
    #expect(grown.table.rows[0].microseconds == 123_456)
    let fresh = try file(path, isFresh: true)
    #expect(fresh.missing(of: [model]).count == 2)
  }

  @Test func `what was timed is in the file when a later one fails`() throws {
    let folder = try ScratchFolder()
    let path = folder.path("table.tsv")
    var file = try file(path)
    var broken = square(3)
    broken.groups = 2
    #expect(throws: (any Error).self) { try file.measure([square(2), broken, square(4)]) }
    #expect(try LatencyTable(reading: path).rows.map(\.key) == [square(2).latencyKey])
  }

  @Test func `a table of another machine does not grow here`() throws {
    let folder = try ScratchFolder()
    let table = try folder.write("op_type\t855\tus\n", to: "table.tsv")
    let error = #expect(throws: LatencyTableError.self) { try file(table) }
    let said = error.map { "\($0)" } ?? ""
    #expect(said.hasPrefix("\(table):1: the table is of '855'"), "\(said)")
    #expect(said.contains("--fresh"), "\(said)")
  }
}
