import Evaluation
import Files
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
    /// The places where it was looked for, and the cure; lines of their own below the table.
    var searched: [String] = []
    var cure = ""
  }

  static let verb = Verb(
    name: "doctor",
    summary: "Tell what was found: runtime, torch, devices, other runtimes, plugins, processor.",
    options: [.plugin, .allowUnvalidated, .allowUnpinned, .isolate, .safeMode, .strict],
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
      var finding = Finding(name: "torch", value: "\(error)", isGood: false)
      switch error {
      case .torchNotFound(let searched):
        let cure =
          "`make setup` installs it, or set ESPALIER_TORCH to the folder of a torch 2.11 package"
        finding = missing("torch", searched, cure)
      case .runtimeNotFound(let searched):
        let cure = "`make build` builds it, or set ESPALIER_RUNTIME to the file"
        finding = missing("runtime", searched, cure)
      default: break
      }
      finding.isGood = false
      return [finding]
    }
  }

  private static func cuda() -> Finding {
    guard Device.hasDriver else { return Finding(name: "cuda", value: "no NVIDIA driver") }
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
    } catch {
      guard case .notFound(_, let searched) = error else {
        return Finding(name: kind.rawValue, value: "\(error)")
      }
      let cure =
        "`pip install \(kind.rawValue)` into the environment of python3, or set \(kind.variable) to the library"
      return missing(kind.rawValue, searched, cure)
    }
  }

  private static func missing(_ name: String, _ searched: [String], _ cure: String) -> Finding {
    Finding(name: name, value: "not found", searched: searched, cure: cure)
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
      let strategies = candidate.manifest?.strategyList ?? ""
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
    var table = TextTable([.words("what"), .words(""), .words("found", limit: 100)])
    for finding in findings {
      table.add([finding.name, finding.isGood.map { $0 ? "ok" : "MISSING" } ?? "", finding.value])
    }
    return findings.filter { !$0.searched.isEmpty }.reduce(table.text) { text, finding in
      text + "\n\(finding.name) was looked for in this order:\n"
        + finding.searched.map { "  \($0)\n" }.joined() + "\(finding.cure)\n"
    }
  }

  private static func json(_ findings: [Finding]) -> JSONValue {
    [
      "schema": "espalier.doctor/1",
      "findings": .array(
        findings.map { finding in
          [
            "name": .string(finding.name), "value": .string(finding.value),
            "good": finding.isGood.map { .bool($0) } ?? .null,
            "searched": .array(finding.searched.map { .string($0) }),
            "cure": finding.cure.isEmpty ? .null : .string(finding.cure),
          ]
        }
      ),
    ]
  }
}
