package import Files
package import Graphs
package import PluginHost
package import PluginKit

extension Graph {
  /// Metadata keys of steps start so; a number follows.
  package static let provenancePrefix = "espalier.step."

  /// Writes down, in the model's metadata, which code pruned it and what it kept.
  mutating func record(
    provenance: Provenance,
    score: Provenance?,
    settings: PruneSettings,
    cuts: [PruningCut]
  ) {
    var number = 0
    while model.metadata["\(Self.provenancePrefix)\(number)"] != nil { number += 1 }
    var members: [JSONValue.Member] = [.init("step", "prune")]
    members += provenance.members
    if let score { members.append(.init("score", .object(score.members))) }
    members += [
      .init("align", .int(settings.align)),
      .init("groups", .int(cuts.count)),
      .init("kept", .string("sha256:\(PruningCut.digest(of: cuts))")),
    ]
    model.metadata["\(Self.provenancePrefix)\(number)"] = JSONValue.object(members).line
  }
}

extension Provenance {
  /// Strategy, plugin, version, hash and parameters, as metadata and reports have them.
  package var members: [JSONValue.Member] {
    [
      .init("strategy", .string(strategy)),
      .init("plugin", .string(plugin)),
      .init("version", .string(version)),
      .init("sha256", .string(sha256)),
      .init(
        "parameters",
        .object(
          settings.values.sorted { $0.key < $1.key }.map { .init($0.key, JSONValue($0.value)) }
        )
      ),
    ]
  }
}

extension PruningCut {
  /// The SHA-256 of the channels kept: a line a cut, `group:0,1,5`, in the order of the cuts.
  package static func digest(of cuts: [PruningCut]) -> String {
    let lines = cuts.map { cut in
      "\(cut.group):\(cut.kept.map(String.init).joined(separator: ","))\n"
    }
    return SHA256.hexadecimal(of: Array(lines.joined().utf8).span)
  }
}

extension JSONValue {
  /// A hyper-parameter's value.
  package init(_ value: ParameterValue) {
    switch value {
    case .bool(let value): self = .bool(value)
    case .int(let value): self = .int(value)
    case .double(let value): self = .double(value)
    case .string(let value): self = .string(value)
    case .ints(let values): self = .array(values.map { .int($0) })
    case .doubles(let values): self = .array(values.map { .double($0) })
    case .strings(let values): self = .array(values.map { .string($0) })
    }
  }
}
