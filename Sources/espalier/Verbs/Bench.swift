import Evaluation
import Files
import Graphs
import Models
import Operators
import Reports

/// `espalier bench`: latency and size of models, side by side in our session, ONNX Runtime and OpenVINO.
enum Bench {
  private static let on = Option.value(
    "on",
    "RUNTIME",
    repeats: true,
    "espalier, onnxruntime or openvino (default: all that are found; with --table, onnxruntime)."
  )
  private static let calls = Option.value("calls", "N", "Timed calls of each model (default 50).")
  private static let turns = Option.value(
    "turns",
    "N",
    "Turns over which the calls are spread, the models taking turns (default 10)."
  )
  private static let warmUp = Option.value(
    "warm-up",
    "N",
    "Calls of each model before the first turn (default 3)."
  )
  private static let seed = Option.value(
    "seed",
    "N",
    "Of the inputs that are drawn, from 0 to below 1 (default 0)."
  )

  private static let table = Option.value(
    "table",
    "FILE",
    "Time each convolution of the models by itself, in place of the models, and add it to this latency table."
  )
  private static let fresh = Option.flag(
    "fresh",
    "Begin the table anew; otherwise the times that it has stay."
  )

  static let verb = Verb(
    name: "bench",
    summary: "Time models, or their layers, in our session, ONNX Runtime and OpenVINO.",
    operands: [.init(name: "MODEL", repeats: true, help: "ONNX files; ratios are to the first.")],
    options: [
      on, table, fresh, calls, turns, warmUp, RuntimeOptions.threads, RuntimeOptions.precision,
      RunInputs.input, seed, .inputSize,
    ]
      + RuntimeOptions.libraries,
    notes: """
      espalier bench detector.onnx small.onnx --input-size 416

      'ratio' is a model's median by the first one's in the same runtime; 'apart' how far outputs lie from those of
      our session executing node by node, by their greatest magnitude. docs/quantization.md tells more.

      espalier bench detector.onnx small.onnx --table latency.tsv --on onnxruntime

      writes what each convolution takes on this machine, in the format of PaddleSlim's latency tables.
      """
  ) { invocation, console in
    guard invocation.value(table) == nil else { return try writeTable(invocation, console) }
    guard !invocation.has(fresh) else {
      throw UsageError.needs("--table", because: "it names the latency table that --fresh begins")
    }
    let models = try invocation.models(console)
    var bench = try RuntimeBench(
      models,
      seed: UInt64(try invocation.int(seed, in: 0...Int.max) ?? 0),
      given: try RunInputs.arrays(of: invocation)
    )
    bench.turns = try turns(invocation)
    bench.settings = try RuntimeOptions.settings(invocation)
    let report = BenchReport(
      try rows(of: bench, invocation, console),
      of: models.map {
        .init(
          name: $0.name,
          bytes: FileFacts.size(of: $0.name),
          multiplyAdds: $0.cost.multiplyAdds
        )
      },
      by: bench,
      on: .init(processor: Machine.processor, features: Machine.features)
    )
    console.endProgress()
    console.write(console.wantsJSON ? report.json.text : report.text)
    return .success
  }

  /// One runtime after another; one that was not asked for by name may be absent or refuse.
  private static func rows(
    of bench: RuntimeBench,
    _ invocation: Invocation,
    _ console: Console
  ) throws -> [RuntimeBench.Row] {
    let named = try runtimes(invocation)
    var rows: [RuntimeBench.Row] = []
    for runtime in LatencyRuntime.allCases where named.isEmpty || named.contains(runtime) {
      console.progress("timing in \(runtime.name)")
      do {
        switch runtime {
        case .session: rows += try bench.measureSession()
        case .other(let kind):
          rows += try bench.measure(in: RuntimeOptions.library(kind, invocation))
        }
      } catch {
        guard named.isEmpty else { throw error }
        console.note("\(runtime.name) is left out: \(error)")
      }
    }
    guard !rows.isEmpty else { throw Failure(.runtime, "no runtime executes the models") }
    return rows
  }

  /// The runtimes that `--on` names.
  private static func runtimes(_ invocation: Invocation) throws(UsageError) -> [LatencyRuntime] {
    var found: [LatencyRuntime] = []
    for name in invocation.values(on) {
      guard let runtime = LatencyRuntime(name) else {
        let known = LatencyRuntime.allCases.map(\.name).joined(separator: ", ")
        throw UsageError.badValue("on", name, wanted: "one of \(known)")
      }
      found.append(runtime)
    }
    return found
  }

  private static func turns(_ invocation: Invocation) throws(UsageError) -> LatencyTurns {
    var found = LatencyTurns()
    found.turns = try invocation.int(turns, in: 1...10_000) ?? found.turns
    found.calls = try invocation.int(calls, in: 1...1_000_000) ?? found.calls
    found.warmUp = try invocation.int(warmUp, in: 0...10_000) ?? found.warmUp
    return found
  }

  /// Times the convolutions of the models that the table lacks.
  private static func writeTable(_ invocation: Invocation, _ console: Console) throws -> ExitCode {
    for option in [RunInputs.input, seed] where !invocation.values(option).isEmpty {
      throw UsageError.conflict(option.name, table.name)
    }
    let named = try runtimes(invocation)
    guard named.count < 2 else {
      throw UsageError.badValue(
        on.name,
        named.map(\.name).joined(separator: ", "),
        wanted: "one runtime, since a latency table is of one"
      )
    }
    guard let path = invocation.value(table),
      !invocation.operands.contains(where: { FileFacts.areSame($0, path) })
    else {
      throw UsageError.badValue(
        table.name,
        invocation.value(table) ?? "",
        wanted: "another file than is read"
      )
    }
    let turns = try turns(invocation)
    let models = try invocation.models(console)
    var latency = try RuntimeOptions.latency(on: named.first ?? .other(.onnxRuntime), invocation)
    latency.turns = turns
    var file = try LatencyTableFile(
      path,
      processor: Machine.processor,
      latency: latency,
      isFresh: invocation.has(fresh)
    )
    let missing = file.missing(of: models)
    _ = Interruption.watch()
    if invocation.has(fresh) { Interruption.goOn(with: "the same command, without --fresh") }
    try file.measure(missing, tell: console.tell)
    console.endProgress()
    let report = LatencyTableReport(file, measured: missing.count, models: models)
    console.write(console.wantsJSON ? report.json.text : report.text)
    return .success
  }
}
