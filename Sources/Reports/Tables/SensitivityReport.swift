package import Files
import Models
import PluginKit
package import Pruning

/// What `espalier sensitivity` prints.
package struct SensitivityReport {
  private let result: SensitivityResult
  private let work: CutWork?
  private let checks: [SensitivityAnalysis.Check]
  private let chosen: [(group: String, ratio: Double)]

  package init(
    _ result: SensitivityResult,
    work: CutWork? = nil,
    checks: [SensitivityAnalysis.Check] = [],
    chosen: [(group: String, ratio: Double)] = []
  ) {
    self.result = result
    self.work = work
    self.checks = checks
    self.chosen = chosen
  }

  /// A table with a row a group and a column a ratio, the work, the checks and the choice.
  package var text: String {
    let ratios = Set(result.points.map(\.ratio)).sorted()
    var table = TextTable(
      [.words("group")] + ratios.map { .numbers("\($0)") }
    )
    for curve in result.curves {
      table.add(
        [curve.group]
          + ratios.map { ratio in
            result.points.first { $0.group == curve.group && $0.ratio == ratio }.map(cell) ?? ""
          }
      )
    }
    var lines = [
      "\(result.metric) of \(result.model) on \(result.images) images: \(Figures.fixed(result.baseline, 4))",
      "Loss in percent of it, by the share of channels removed"
        + (result.draws > 0 ? ", with the \(Int(100 * result.confidence)) % interval" : "")
        + (result.isApproximate ? "; approximate: points were dropped early" : ""),
      "", table.text,
    ]
    if let line = result.leftOut?.line { lines.append(line) }
    if let work, work.images > 0 {
      lines.append(
        "Multiply-adds executed: \(Figures.count(work.executed)); the limit of exact sharing "
          + "\(Figures.count(work.limit)); each cut by itself \(Figures.count(work.naive))"
      )
    }
    for check in checks {
      lines.append(
        "Recut \(check.group) at \(check.ratio): outputs differ by \(check.difference), "
          + "metric \(check.metrics[0]) and \(check.metrics[1])"
      )
    }
    for (group, ratio) in chosen { lines.append("\(group): \(Figures.fixed(ratio, 4))") }
    return lines.joined(separator: "\n") + "\n"
  }

  /// All of it as JSON.
  package var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("schema", "espalier.sensitivity/1"), .init("result", result.json),
    ]
    if let work {
      members.append(
        .init(
          "multiplyAdds",
          [
            "executed": .int(work.executed), "limit": .int(work.limit), "naive": .int(work.naive),
          ]
        )
      )
    }
    members.append(
      .init(
        "checks",
        .array(
          checks.map {
            [
              "group": .string($0.group), "ratio": .double($0.ratio),
              "outputDifference": .double($0.difference), "metric": .double($0.metrics[0]),
              "metricOfCutGraph": .double($0.metrics[1]),
            ]
          }
        )
      )
    )
    members.append(
      .init("chosen", .object(chosen.map { .init($0.group, .double($0.ratio)) }))
    )
    return .object(members)
  }

  private func cell(_ point: SensitivityResult.Point) -> String {
    let loss = Figures.fixed(100 * point.loss, 2)
    guard let low = point.low, let high = point.high else { return loss }
    return "\(loss) [\(Figures.fixed(100 * low, 1)), \(Figures.fixed(100 * high, 1))]"
  }
}
