import Evaluation
import Files
import Graphs
import Reports
import Testing

/// Latencies as people and programs read them, from times that were made up.
struct BenchReportTests {
  private static let other = RuntimeBench.Runtime.other(
    .onnxRuntime,
    version: "1.2.3",
    file: "/lib/onnxruntime.so"
  )

  private func report(
    features: [String] = ["avx2"],
    difference: OutputDifference? = nil
  ) throws -> BenchReport {
    var bench = try RuntimeBench([], seed: 0, given: [:])
    bench.settings.threads = 3
    (bench.turns.calls, bench.turns.turns, bench.turns.warmUp) = (4, 2, 1)
    // Seconds; of four calls the half is two, nine tenths are four.
    let quick = Latency([0.004, 0.001, 0.002, 0.003])
    let slow = Latency([0.0025])
    let rows = [
      RuntimeBench.Row(
        runtime: .session,
        model: 0,
        latency: quick,
        ratio: 1,
        difference: difference
      ),
      RuntimeBench.Row(runtime: .session, model: 1, latency: slow, ratio: 1.25, difference: nil),
      RuntimeBench.Row(runtime: Self.other, model: 0, latency: slow, ratio: 1, difference: nil),
    ]
    return BenchReport(
      rows,
      of: [
        .init(name: "float.onnx", bytes: 2048, multiplyAdds: 5000),
        .init(name: "small", bytes: nil, multiplyAdds: 70),
      ],
      by: bench,
      on: .init(processor: "A Processor", features: features)
    )
  }

  @Test func `a model that is slower than the first is shown as one`() throws {
    let lines = try report().text.split(separator: "\n").map(String.init)
    let row = try #require(lines.first { $0.contains(" small ") })
    #expect(
      row.split(separator: " ").map(String.init) == [
        "espalier", "small", "-", "2.50", "ms", "2.50", "ms", "2.50", "ms", "2.50", "ms", "1.25x",
        "-",
      ]
    )
    let first = try #require(lines.first { $0.contains("float.onnx") })
    #expect(first.contains("1.00 ms  2.00 ms  4.00 ms  4.00 ms  1.00x"))
    #expect(first.contains("2.00 KiB"))
  }

  @Test func `a rule stands between runtimes, and each is named with its version`() throws {
    let lines = try report().text.split(separator: "\n").map(String.init)
    #expect(lines[0] == "A Processor, avx2, no 8-bit dot products (VNNI, AMX); 3 threads")
    #expect(lines[1] == "4 calls each in 2 turns, after 1 to warm up")
    #expect(lines[2] == "ONNX Runtime 1.2.3")
    let rules = lines.indices.filter { lines[$0].hasPrefix("---") }
    // Under the head, and before the first row of another runtime.
    #expect(rules.count == 2 && lines[rules[1] + 1].hasPrefix("onnxruntime"))
  }

  @Test(arguments: ["avx512_vnni", "avx_vnni", "amx_int8"])
  func `a processor that sums products of bytes is not said to lack that`(feature: String) throws {
    #expect(try !report(features: ["avx2", feature]).text.contains("no 8-bit"))
  }

  @Test func `outputs that differ, and those not compared, have lines below the table`() throws {
    let whole: [String: Constant] = [
      "labels": Constant([1, 2, 3, 4]), "values": Constant([1, 4], shape: [2]),
    ]
    let found: [String: Constant] = [
      "labels": Constant([1, 2, 3, 5]), "values": Constant([1, 3], shape: [2]),
    ]
    var expected = whole
    expected["mask"] = Constant([1])
    let report = try report(difference: OutputDifference(found, of: expected))
    // One label of four; one of a greatest magnitude of four.
    #expect(report.text.contains("espalier, float.onnx: 25.000 % of 'labels' differ\n"))
    #expect(report.text.contains("Outputs left out: 'mask' (it is missing)\n"))
    #expect(report.text.contains(" 25.000 %\n"))
    let row = try #require(report.json["rows"]?.items?.first)
    #expect(row["difference"]?.number == 0.25)
    #expect(row["unequal"]?["labels"]?.number == 0.25)
    #expect(row["leftOut"]?.items?.first?["output"]?.string == "mask")
  }

  @Test func `JSON has milliseconds by percentile, and null for what is not known`() throws {
    let json = try report().json
    #expect(json["schema"]?.string == "espalier.bench/1")
    #expect(json["threads"]?.whole == 3 && json["calls"]?.whole == 4)
    #expect(json["models"]?.items?.map { $0["fileBytes"] } == [.int(2048), .null])
    #expect(json["runtimes"]?.items?.count == 2)
    #expect(json["runtimes"]?.items?.last?["library"]?.string == "/lib/onnxruntime.so")
    let rows = try #require(json["rows"]?.items)
    let times = try #require(rows[0]["milliseconds"])
    #expect(times["least"]?.number == 1 && times["mean"]?.number == 2.5)
    #expect(times["p50"]?.number == 2 && times["p99"]?.number == 4)
    #expect(rows[1]["ratio"]?.number == 1.25 && rows[1]["difference"] == .null)
    #expect(rows[2]["runtime"]?.string == "onnxruntime")
  }
}
