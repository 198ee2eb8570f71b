import Files
import Graphs
import Models
import PluginHost

extension Graph {
  /// Writes down, in the model's metadata, which code pruned it and what it kept.
  mutating func record(
    provenance: Provenance,
    score: Provenance?,
    gradients: LossGradients?,
    settings: PruneSettings,
    cuts: [PruningCut]
  ) {
    var members: [JSONValue.Member] = [.init("step", "prune")]
    members += provenance.members
    if let score { members.append(.init("score", .object(score.members))) }
    if let drawn = gradients?.drawn {
      members.append(
        .init(
          "gradients",
          [
            "list": .string(drawn.list), "images": .int(drawn.images),
            "seed": .digits("\(drawn.seed)"),
          ]
        )
      )
    }
    members += [
      .init("align", .int(settings.align)),
      .init("groups", .int(cuts.count)),
      .init("kept", .string("sha256:\(PruningCut.digest(of: cuts))")),
    ]
    record(step: members)
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
