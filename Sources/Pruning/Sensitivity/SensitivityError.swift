/// Why a sensitivity analysis cannot go on.
package enum SensitivityError: Error, Sendable, Hashable {
  /// It was asked to stop; what was measured is kept.
  case stopped
  /// A store or file is of another model or other data.
  case otherContent(path: String, what: String, found: String, wanted: String)
  /// Two stores disagree.
  case disagreement(String)
  /// A file cannot be read as what it should be.
  case unreadable(path: String, String)
  /// Nothing is selected.
  case noGroup(String, nearest: String?)
  /// The ratios are none.
  case badRatio(String)
  /// The uncut model's metric is zero, so that losses have no measure.
  case noBaseline(metric: String, images: Int)
  /// The only outputs are of sizes that the data decides, and a cut changed them.
  case unlike(output: String, found: [Int], wanted: [Int])
  /// A fault of ours.
  case internalFault(String)
}

extension SensitivityError: CustomStringConvertible {
  /// What is wrong, and the cure.
  package var description: String {
    switch self {
    case .stopped:
      "stopped; what was measured is kept, and the same command goes on from there"
    case .otherContent(let path, let what, let found, let wanted):
      "'\(path)' belongs to another \(what) (\(found.prefix(12)), not \(wanted.prefix(12))); "
        + "name another folder, or use the \(what) that it was made with"
    case .disagreement(let text): text
    case .unreadable(let path, let text): "'\(path)': \(text)"
    case .noGroup(let name, let nearest):
      "no channel group that can be cut is called '\(name)'"
        + (nearest.map { "; the nearest is '\($0)'" } ?? "; `inspect --groups` lists them")
    case .badRatio(let text): "'\(text)' is no ratio; one lies above 0 and below 1, such as 0.3"
    case .noBaseline(let metric, let images):
      "the uncut model's \(metric) is 0 on these \(images) images, so no loss can be measured against it; "
        + "check data, task and classes with `eval`"
    case .unlike(let output, let found, let wanted):
      "the output '\(output)' of a cut network is \(found), the original's is \(wanted): its size depends on the data, and the model "
        + "has no other output of floats; export it with the scores or boxes before their choice as outputs"
    case .internalFault(let text): "a fault of this program: \(text); please report it"
    }
  }
}
