package import Files
package import PluginHost
package import PluginKit
import Recipes

/// The plugins that were found, and what became of each.
package struct PluginReport {
  private let candidates: [PluginCandidate]
  private let repeated: [String]

  /// A report on candidates, in the order of search.
  ///
  /// - Parameters:
  ///   - candidates: What was found.
  ///   - repeated: What is said of ids that stand twice.
  package init(_ candidates: [PluginCandidate], repeated: [String] = []) {
    self.candidates = candidates
    self.repeated = repeated
  }

  /// One line a plugin.
  package var text: String {
    var table = TextTable([
      .words("plugin"), .words("version"), .words("interface"), .words("strategies", limit: 64),
      .words("state"), .words("found", limit: 64),
    ])
    for candidate in candidates {
      table.add([
        candidate.manifest?.id ?? candidate.manifestPath, candidate.manifest?.version ?? "",
        Self.interfaces(candidate).joined(separator: ", "),
        candidate.manifest?.strategyList ?? "", Self.state(candidate),
        candidate.origin.rawValue,
      ])
    }
    if candidates.isEmpty { return "no plugin was found; built-ins lie beside the executable\n" }
    let remarks = repeated.map { "\($0)\n" }.joined()
    return table.text + "\n\(remarks)`espalier plugin list --why` tells each check\n"
  }

  /// A paragraph a plugin, with every check.
  package var reasons: String {
    candidates.map { "\($0)\n" }.joined(separator: "\n")
  }

  /// The same as JSON, on the schema `espalier.plugins/1` of docs/cli.md.
  package var json: JSONValue {
    [
      "schema": "espalier.plugins/1",
      "repeated": JSONValue(repeated),
      "plugins": .array(
        candidates.map { candidate in
          [
            "manifest": .string(candidate.manifestPath),
            "found": .string(candidate.origin.rawValue),
            "id": JSONValue(candidate.manifest?.id),
            "version": JSONValue(candidate.manifest?.version),
            "vendor": JSONValue(candidate.manifest?.vendor),
            "strategies": JSONValue(candidate.manifest?.strategyIDs ?? []),
            "skipped": .array(
              (candidate.manifest?.skipped ?? []).map { skipped in
                [
                  "id": .string(skipped.id), "interface": .string("\(skipped.interface)"),
                  "reason": .string("\(skipped)"),
                ]
              }
            ),
            "state": .string(Self.state(candidate)),
            "reason": .string("\(candidate.verdict)"),
            "checks": .array(
              candidate.checks.map { check in
                [
                  "step": .string("\(check.step)"), "passed": .bool(check.passed),
                  "result": .string(check.result),
                ]
              }
            ),
          ]
        }
      ),
    ]
  }

  /// The interfaces of a candidate's strategies, each once.
  private static func interfaces(_ candidate: PluginCandidate) -> [String] {
    let own = Set(candidate.manifest?.interfaces.map(\.interface) ?? [])
    return PluginInterface.allCases.filter(own.contains).map(\.rawValue)
  }

  private static func state(_ candidate: PluginCandidate) -> String {
    switch candidate.verdict {
    case .found: "found"
    case .ready: "ready"
    case .loaded: "loaded"
    case .refused(let refusal): "refused \(refusal.code.rawValue)"
    case .shadowed: "shadowed"
    case .disabled: "disabled"
    case .safeMode: "left out"
    }
  }
}

/// What one strategy says of itself.
package struct StrategyReport {
  private let description: StrategyDescription
  private let provenance: Provenance?

  /// A report on a strategy and the code that it is.
  package init(_ description: StrategyDescription, provenance: Provenance?) {
    self.description = description
    self.provenance = provenance
  }

  /// The parameters as a table.
  package var text: String {
    var text = "\(description.id) \(description.version): \(description.doc)\n"
    if let provenance {
      text += "of \(provenance.plugin) \(provenance.version), sha256 \(provenance.sha256)\n"
    }
    guard !description.parameters.isEmpty else { return text + "it has no parameters\n" }
    var table = TextTable([
      .words("parameter"), .words("type"), .words("default"), .words("range"),
      .words("meaning", limit: 100),
    ])
    for spec in description.parameters {
      table.add([
        spec.name, spec.kind.rawValue, spec.startingValue, spec.range, spec.doc,
      ])
    }
    return "\(text)\n\(table.text)"
  }

  /// The same as JSON, on the schema `espalier.strategy/1` of docs/cli.md.
  package var json: JSONValue {
    .object([
      .init("schema", "espalier.strategy/1"),
      .init("id", .string(description.id)),
      .init("name", .string(description.name)),
      .init("version", .string(description.version)),
      .init("doc", .string(description.doc)),
      .init("plugin", JSONValue(provenance?.plugin)),
      .init("sha256", JSONValue(provenance?.sha256)),
      .init(
        "parameters",
        .object(description.parameters.map { .init($0.name, ParameterSchema.schema(of: $0)) })
      ),
    ])
  }
}
