import Compression
import PluginHost
import Reports
import Tensors

/// `espalier doctor`: what was found on this machine, and what is missing.
enum Doctor {
  /// One line of the findings.
  private struct Finding {
    let name: String
    let value: String
    /// True or false for what must be there; nil for what is only told.
    var isGood: Bool?
  }

  static let verb = Verb(
    name: "doctor",
    summary: "Tell what was found: runtime, torch, devices, other runtimes, plugins, processor.",
    options: [.plugin, .allowUnvalidated, .allowUnpinned, .safeMode],
    notes:
      "Ends with 5 where the runtime cannot be loaded, with 4 where a built-in plugin is not ready."
  ) { invocation, console in
    let runtime = runtime()
    let plugins = plugins(invocation.registry(console).listing())
    let findings =
      [
        Finding(name: "espalier", value: Espalier.version),
        Finding(
          name: "processor",
          value: "\(Machine.processor), \(Machine.cores) cores, "
            + (Machine.features.isEmpty ? "no AVX2" : Machine.features.joined(separator: " "))
        ),
      ] + runtime + InferenceKind.allCases.map(peer) + plugins
    console.write(console.wantsJSON ? json(findings).text : text(findings))
    if runtime.contains(where: { $0.isGood == false }) { return .runtime }
    return plugins.contains { $0.isGood == false } ? .plugin : .success
  }

  private static func runtime() -> [Finding] {
    do {
      guard let found = try Runtime.describe() else { return [] }
      let threads = try Runtime.threadCount()
      return [
        Finding(
          name: "torch",
          value: "\(found.torchVersion), \(found.torchLibrary ?? "unknown file")",
          isGood: true
        ),
        Finding(name: "threads", value: "\(threads)"),
        cuda(),
      ]
    } catch {
      return [Finding(name: "torch", value: "\(error)", isGood: false)]
    }
  }

  private static func cuda() -> Finding {
    guard Machine.hasDriver else { return Finding(name: "cuda", value: "no NVIDIA driver") }
    do {
      try Runtime.loadCUDA()
      let count = try Runtime.cudaDeviceCount()
      let memory = try (0..<count).map {
        Figures.bytes(try Runtime.memory(of: .cuda($0)).total)
      }
      return Finding(name: "cuda", value: "\(count) devices: \(memory.joined(separator: ", "))")
    } catch { return Finding(name: "cuda", value: "\(error)") }
  }

  /// A runtime of others, which only `bench` needs.
  private static func peer(_ kind: InferenceKind) -> Finding {
    do {
      let library = try InferenceLibrary(kind, in: InferenceLocations(kind))
      return Finding(name: kind.rawValue, value: "\(library.version), \(library.file)")
    } catch { return Finding(name: kind.rawValue, value: "\(error)") }
  }

  private static func plugins(_ candidates: [PluginCandidate]) -> [Finding] {
    guard !candidates.isEmpty else {
      return [
        Finding(
          name: "plugins",
          value: "none beside the executable: run `make build`",
          isGood: false
        )
      ]
    }
    return candidates.map { candidate in
      let strategies = candidate.manifest?.strategyIDs.joined(separator: ", ") ?? ""
      let isReady = candidate.verdict == .ready || candidate.verdict == .loaded
      return Finding(
        name: "plugin",
        value: "\(candidate.manifest?.id ?? candidate.manifestPath): "
          + (isReady ? strategies : "\(candidate.verdict)"),
        isGood: candidate.origin == .builtIn ? isReady : nil
      )
    }
  }

  private static func text(_ findings: [Finding]) -> String {
    var table = TextTable([.words("found"), .words("", limit: 400), .words("")])
    for finding in findings {
      table.add([finding.name, finding.value, finding.isGood.map { $0 ? "ok" : "MISSING" } ?? ""])
    }
    return table.text
  }

  private static func json(_ findings: [Finding]) -> JSONValue {
    [
      "schema": "espalier.doctor/1",
      "findings": .array(
        findings.map { finding in
          [
            "name": .string(finding.name), "value": .string(finding.value),
            "good": finding.isGood.map { .bool($0) } ?? .null,
          ]
        }
      ),
    ]
  }
}
