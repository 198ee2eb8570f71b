package import Compression
package import Files

/// What a recipe came to: a report for every step.
package struct RecipeReport {
  private let run: RecipeRun
  private let bytesBefore: Int?
  private let bytesAfter: Int?

  /// A report on a run; the sizes are those of the first model's file and the last one's.
  package init(_ run: RecipeRun, bytesBefore: Int?, bytesAfter: Int?) {
    self.run = run
    self.bytesBefore = bytesBefore
    self.bytesAfter = bytesAfter
  }

  /// The tables, for people.
  package var text: String {
    run.steps.indices.map { index in
      switch run.steps[index] {
      case .prune(let step): report(step, at: index).text
      case .train(let step), .distill(let step): TrainReport(step).text
      case .quantize(let step): report(step, at: index).text
      }
    }.joined(separator: "\n") + "run folder: \(run.folder)\n"
  }

  /// The same as JSON, on the schema `espalier.compress/1` of docs/cli.md.
  package var json: JSONValue {
    let steps = run.steps.indices.map { index -> JSONValue in
      switch run.steps[index] {
      case .prune(let step): report(step, at: index).json
      case .train(let step), .distill(let step): TrainReport(step).json
      case .quantize(let step): report(step, at: index).json
      }
    }
    return [
      "schema": "espalier.compress/1",
      "folder": .string(run.folder),
      "output": .string(run.output),
      "steps": .array(steps),
    ]
  }

  /// Files stand only before the first step and behind the last.
  private func report(_ step: PruneStep, at index: Int) -> PruneReport {
    let isLast = index == run.steps.count - 1
    return PruneReport(
      step,
      bytesBefore: index == 0 ? bytesBefore : nil,
      output: isLast ? run.output : nil,
      bytesAfter: isLast ? bytesAfter : nil
    )
  }

  private func report(_ step: QuantizeStep, at index: Int) -> QuantizeReport {
    let isLast = index == run.steps.count - 1
    return QuantizeReport(
      step,
      bytesBefore: index == 0 ? bytesBefore : nil,
      output: isLast ? run.output : nil,
      bytesAfter: isLast ? bytesAfter : nil
    )
  }
}
