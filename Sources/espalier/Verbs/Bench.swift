import Evaluation
import Files
import Graphs
import Models
import Operators
import Reports

/// `espalier bench`: latency and size of models, side by side in our session, ONNX Runtime and OpenVINO.
enum Bench {
  private static let own = "espalier"
  private static let on = Option.value(
    "on",
    "RUNTIME",
    repeats: true,
    "espalier, onnxruntime or openvino (default: all that are found)."
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

  static let verb = Verb(
    name: "bench",
    summary: "Time models side by side, in our session, ONNX Runtime and OpenVINO.",
    operands: [.init(name: "MODEL", repeats: true, help: "ONNX files; ratios are to the first.")],
    options: [
      on, calls, turns, warmUp, RuntimeOptions.threads, RuntimeOptions.precision, RunInputs.input,
      seed, .inputSize,
    ]
      + RuntimeOptions.libraries,
    notes: """
      espalier bench detector.onnx small.onnx --input-size 416

      'ratio' is a model's median by the first one's in the same runtime; 'apart' how far outputs lie from those of
      our session executing node by node, by their greatest magnitude. docs/quantization.md tells more.
      """
  ) { invocation, console in
    let models = try invocation.models(console)
    var bench = try RuntimeBench(
      models,
      seed: UInt64(try invocation.int(seed, in: 0...Int.max) ?? 0),
      given: try RunInputs.arrays(of: invocation)
    )
    bench.turns.turns = try invocation.int(turns, in: 1...10_000) ?? bench.turns.turns
    bench.turns.calls = try invocation.int(calls, in: 1...1_000_000) ?? bench.turns.calls
    bench.turns.warmUp = try invocation.int(warmUp, in: 0...10_000) ?? bench.turns.warmUp
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
    let known = [own] + InferenceKind.allCases.map(\.rawValue)
    let named = invocation.values(on)
    if let unknown = named.first(where: { !known.contains($0) }) {
      throw UsageError.badValue("on", unknown, wanted: "one of \(known.joined(separator: ", "))")
    }
    var rows: [RuntimeBench.Row] = []
    for name in known where named.isEmpty || named.contains(name) {
      console.progress("timing in \(name)")
      do {
        guard let kind = InferenceKind(rawValue: name) else {
          rows += try bench.measureSession()
          continue
        }
        rows += try bench.measure(in: RuntimeOptions.library(kind, invocation))
      } catch {
        guard named.isEmpty else { throw error }
        console.note("\(name) is left out: \(error)")
      }
    }
    guard !rows.isEmpty else { throw Failure(.runtime, "no runtime executes the models") }
    return rows
  }
}
