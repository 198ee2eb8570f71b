import PluginKit

/// The options of recipes that say which boxes are kept.
struct SuppressionOptions: Sendable {
  let scoreThreshold = Parameter<Double>(
    "score_threshold",
    default: 0.01,
    in: 0...1,
    doc: "Boxes below this score are dropped."
  )
  let overlap: Parameter<Double>
  let candidates: Parameter<Int>
  let kept: Parameter<Int>

  /// - Parameters:
  ///   - things: what the boxes are around, such as `Faces`.
  ///   - grouping: which of them are compared, such as ` of a class`.
  ///   - overlap: the default of `nms_threshold`.
  ///   - candidates: the default of `nms_top_k`.
  ///   - kept: the default of `keep_top_k`.
  init(_ things: String, _ grouping: String = "", overlap: Double, candidates: Int, kept: Int) {
    self.overlap = Parameter(
      "nms_threshold",
      default: overlap,
      in: 0...1,
      doc: "\(things)\(grouping) that overlap a better one by more than this are dropped."
    )
    self.candidates = Parameter(
      "nms_top_k",
      default: candidates,
      in: 1...1_000_000,
      doc: "\(things)\(grouping) that suppression looks at."
    )
    self.kept = Parameter(
      "keep_top_k",
      default: kept,
      in: 1...1_000_000,
      doc: "\(things) that an image keeps."
    )
  }

  var specs: [ParameterSpec] { [scoreThreshold.spec, overlap.spec, candidates.spec, kept.spec] }

  /// What the settings say: the least score, and how boxes are dropped.
  func read(
    _ settings: Settings,
    score: inout Float,
    _ suppression: inout Suppression
  ) throws(PluginError) {
    score = Float(try settings[scoreThreshold])
    suppression.overlap = Float(try settings[overlap])
    suppression.candidates = try settings[candidates]
    suppression.kept = try settings[kept]
  }
}
