package import Evaluation
package import Files
import Models

/// Latencies and file sizes of models, beside each other in every runtime.
package struct BenchReport {
  /// A model and its file.
  package struct Subject: Sendable {
    package let name: String
    package let bytes: Int?
    package let multiplyAdds: Int

    package init(name: String, bytes: Int?, multiplyAdds: Int) {
      self.name = name
      self.bytes = bytes
      self.multiplyAdds = multiplyAdds
    }
  }

  /// The machine that it was measured on.
  package struct Surroundings: Sendable {
    package let processor: String
    /// The processor's features that decide which kernels run.
    package let features: [String]

    package init(processor: String, features: [String]) {
      self.processor = processor
      self.features = features
    }

    /// Whether the processor multiplies and sums bytes in one instruction.
    package var hasByteProducts: Bool {
      features.contains { $0.hasSuffix("vnni") || $0 == "amx_int8" }
    }
  }

  private let subjects: [Subject]
  private let rows: [RuntimeBench.Row]
  private let bench: RuntimeBench
  private let surroundings: Surroundings

  /// A report on measured rows.
  package init(
    _ rows: [RuntimeBench.Row],
    of subjects: [Subject],
    by bench: RuntimeBench,
    on surroundings: Surroundings
  ) {
    self.rows = rows
    self.subjects = subjects
    self.bench = bench
    self.surroundings = surroundings
  }

  /// The table, for people.
  package var text: String {
    var table = TextTable([
      .words("runtime"), .words("model"), .numbers("size"), .numbers("least"), .numbers("p50"),
      .numbers("p90"), .numbers("p99"), .numbers("ratio"), .numbers("apart"),
    ])
    for (index, row) in rows.enumerated() {
      if index > 0, rows[index - 1].runtime != row.runtime { table.addRule() }
      let subject = subjects[row.model]
      table.add(
        [row.runtime.name, subject.name, subject.bytes.map(Figures.bytes) ?? "-"]
          + [0, 50, 90, 99].map { "\(Figures.fixed(1000 * row.latency.percentile($0), 2)) ms" }
          + ["\(Figures.fixed(row.ratio, 2))x", row.difference?.share.map(Self.share) ?? "-"]
      )
    }
    return heading + "\n" + table.text + remarks
  }

  /// What cannot be told as a distance: whole numbers that differ, and outputs that were not compared.
  private var remarks: String {
    rows.reduce(into: "") { text, row in
      let place = "\(row.runtime.name), \(subjects[row.model].name)"
      for output in row.difference?.whole ?? [] where output.unequal > 0 {
        text += "\(place): \(Self.share(output.unequal)) of '\(output.output)' differ\n"
      }
      if let line = row.difference?.leftOut.line { text += "\(place): \(line)\n" }
    }
  }

  private var heading: String {
    let features =
      surroundings.features.joined(separator: " ")
      + (surroundings.hasByteProducts ? "" : ", no 8-bit dot products (VNNI, AMX)")
    let turns = bench.turns
    var lines = [
      "\(surroundings.processor), \(features); \(bench.settings.threads) threads",
      "\(turns.calls) calls each in \(turns.turns) turns, after \(turns.warmUp) to warm up",
    ]
    for runtime in runtimes {
      guard case .other(let kind, let version, _) = runtime else { continue }
      let precision = bench.settings.pinsFloat32 ? "float32" : "its own choice"
      lines.append(
        "\(kind.title) \(version)"
          + (kind == .openVINO ? ", float layers computed in \(precision)" : "")
      )
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var runtimes: [RuntimeBench.Runtime] {
    rows.reduce(into: []) { if !$0.contains($1.runtime) { $0.append($1.runtime) } }
  }

  private static func share(_ value: Double) -> String { "\(Figures.fixed(100 * value, 3)) %" }

  /// The same as JSON, on the schema `espalier.bench/1` of docs/cli.md.
  package var json: JSONValue {
    [
      "schema": "espalier.bench/1",
      "processor": .string(surroundings.processor),
      "features": .array(surroundings.features.map { .string($0) }),
      "threads": .int(bench.settings.threads),
      "calls": .int(bench.turns.calls),
      "turns": .int(bench.turns.turns),
      "warmUp": .int(bench.turns.warmUp),
      "pinsFloat32": .bool(bench.settings.pinsFloat32),
      "models": .array(
        subjects.map {
          [
            "model": .string($0.name), "fileBytes": $0.bytes.map { .int($0) } ?? .null,
            "multiplyAdds": .int($0.multiplyAdds),
          ]
        }
      ),
      "runtimes": .array(runtimes.map(Self.json)),
      "rows": .array(rows.map(json)),
    ]
  }

  private static func json(_ runtime: RuntimeBench.Runtime) -> JSONValue {
    guard case .other(_, let version, let file) = runtime else {
      return ["runtime": .string(runtime.name)]
    }
    return [
      "runtime": .string(runtime.name), "version": .string(version), "library": .string(file),
    ]
  }

  private func json(_ row: RuntimeBench.Row) -> JSONValue {
    [
      "runtime": .string(row.runtime.name),
      "model": .string(subjects[row.model].name),
      "milliseconds": [
        "least": .double(1000 * row.latency.least), "mean": .double(1000 * row.latency.mean),
        "p50": .double(1000 * row.latency.median),
        "p90": .double(1000 * row.latency.percentile(90)),
        "p99": .double(1000 * row.latency.percentile(99)),
      ],
      "ratio": .double(row.ratio),
      "difference": row.difference?.share.map { .double($0) } ?? .null,
      "unequal": .object(
        (row.difference?.whole ?? []).map { .init($0.output, .double($0.unequal)) }
      ),
      "leftOut": .array((row.difference?.leftOut ?? []).map(\.json)),
    ]
  }
}
