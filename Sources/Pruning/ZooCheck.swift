import Architectures
import Graphs
package import Operators
package import PluginKit

/// The benchmark's pruning table, computed by cutting our own networks.
package enum ZooCheck {
  /// One line of the table, as `zoo --check --json` prints it.
  package struct Row: Sendable, Hashable, Codable {
    /// The row's name, such as `yolov3_mobilenet_v1 COCO r578`.
    package var row: String
    /// The share of multiply-adds cut, in percent.
    package var flopsCut: Double
    /// The share of disk space cut, in percent.
    package var sizeCut: Double
    /// What the multiply-adds count.
    package var convention: String
    /// Multiply-adds before and after, in the row's convention.
    package var multiplyAdds: [Int]
    /// Numbers in all parameters before and after.
    package var values: [Int]
    /// The share of multiply-adds cut that the page prints, in percent.
    package var printedFlopsCut: Double
    /// The share of size cut that the page prints, in percent.
    package var printedSizeCut: Double
    /// True where figures and integers are the page's.
    package var agrees: Bool
  }

  /// Builds, cuts and counts each row's network.
  ///
  /// - Parameters:
  ///   - operators: the operators known.
  ///   - plan: gives the plan of a strategy, by its name, for a model's groups.
  /// - Returns: one row a line of the benchmark's table.
  /// - Throws: what building, planning and cutting throw.
  package static func rows(
    operators: OperatorSet = .standard,
    plan: (_ strategy: String, ChannelPruning) throws -> PruningPlan
  ) throws -> [Row] {
    try Benchmark.rows.map { row in
      guard case .yolov3(let backbone) = row.architecture else {
        throw PruningError.unknownGroup(row.name, nearest: nil)
      }
      let full = try operators.normalized(
        YOLOv3(backbone: backbone, classes: row.classes).graph(batch: 1, weights: .structureOnly)
      )
      let facts = try GraphFacts(full, operators: operators)
      let pruning = ChannelPruning(
        full,
        groups: ChannelGroups(full, facts: facts, operators: operators)
      )
      let small = try pruning.apply(pruning.resolve(plan(row.strategy, pruning)))
      return try measured(row, full: full, small: small)
    }
  }

  private static func measured(
    _ row: Benchmark.Row,
    full: Graph,
    small: Graph
  ) throws -> Row {
    guard
      let result = Benchmark.measure(full: full, pruned: small, convention: row.convention)
    else { throw OperatorError.notStatic("a map of \(row.name)") }
    return Row(
      row: row.name,
      flopsCut: result.flopsCut,
      sizeCut: result.sizeCut,
      convention: "\(row.convention)",
      multiplyAdds: [result.multiplyAdds.full, result.multiplyAdds.pruned],
      values: [result.values.full, result.values.pruned],
      printedFlopsCut: row.printedFlopsCut,
      printedSizeCut: row.printedSizeCut,
      agrees: row.agrees(with: result)
    )
  }
}
