import PluginKit

/// The flow of solution procedure (Yim and others, 2017): how the channels of one map go with those of the next.
///
/// F(A, B)[i, j] = mean over pixels of A_i · B_j; the loss is the mean of (F_s - F_t)² for each two neighbouring taps.
struct FSP: Strategy, DistillLoss {
  private static let weight = Arithmetic.weight(1)

  static let description = StrategyDescription(
    id: "fsp",
    name: "Flow of solution procedure",
    version: "1.0.0",
    doc: "Compares how the channels of two maps go together, from one tap to the next.",
    parameters: [weight.spec]
  )

  init(settings: Settings) throws(PluginError) {}

  var taps: [DistillTap] { get throws(PluginError) { [.features] } }

  func loss(of pairs: [DistillPair], in context: any DistillContext) throws -> Tensor {
    guard pairs.count > 1 else {
      throw PluginError(.invalidArgument, "it compares maps with their neighbours: give two taps")
    }
    var total: Tensor?
    for (first, second) in zip(pairs, pairs.dropFirst()) {
      let term = try Arithmetic.meanSquare(
        flow(first.student, second.student, first.studentName),
        flow(first.teacher, second.teacher, first.teacherName)
      )
      total = try total.map { try $0 + term } ?? term
    }
    guard let total else { throw PluginError(.internalError, "there is nothing to compare") }
    return total
  }

  /// Images × channels of a × channels of b; the larger map is brought to the size of the smaller by its maxima.
  private func flow(_ a: Tensor, _ b: Tensor, _ name: String) throws -> Tensor {
    guard a.rank == 4, b.rank == 4 else {
      throw PluginError(.invalidArgument, "'\(name)' is \(a.shape), not images of maps")
    }
    let size = [min(a.shape[2], b.shape[2]), min(a.shape[3], b.shape[3])]
    let left = try pooled(a, to: size).flattened(from: 2, through: 3)
    let right = try pooled(b, to: size).flattened(from: 2, through: 3)
    let products = try left.batchedMatmul(right.transposed(1, 2))
    return try products / Double(size[0] * size[1])
  }

  private func pooled(_ map: Tensor, to size: [Int]) throws -> Tensor {
    guard Array(map.shape[2...]) != size else { return map }
    return try ATen.many("adaptive_max_pool2d", "", map, size)[0]
  }
}
