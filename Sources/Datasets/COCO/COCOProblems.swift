import CSimdJSON

/// Collects what is wrong in a COCO file, or ends at the first of it.
struct COCOProblems {
  let file: COCOFile
  let policy: FaultPolicy
  private(set) var list: [DataProblem] = []
  // Lines are counted on from the last problem: rows come in the file's order.
  private var last: (offset: UInt64, line: Int) = (0, 1)

  init(_ file: COCOFile, _ policy: FaultPolicy) {
    self.file = file
    self.policy = policy
  }

  /// Notes a problem.
  ///
  /// - Parameters:
  ///   - kind: what is wrong.
  ///   - offset: the byte at which the object begins.
  ///   - found: what is wrong with it, as a sentence without its end.
  ///   - done: what becomes of the object where it is not refused.
  /// - Throws: ``DataError`` where the policy is to refuse.
  mutating func add(
    _ kind: DataProblem.Kind,
    at offset: UInt64,
    _ found: String,
    done: String = "left out"
  ) throws(DataError) {
    if offset < last.offset { last = (0, 1) }
    last = (offset, last.line + file.lineEnds(from: last.offset, to: offset))
    let fate = policy == .refuse ? "" : "; \(done)"
    let problem = DataProblem(
      kind,
      path: file.path,
      line: last.line,
      message: "\(found) (byte \(offset))\(fate)"
    )
    guard policy == .skip else { throw .problem(problem) }
    list.append(problem)
  }

  /// What a needed member of an object lacks, or nil.
  static func missing(
    _ name: String,
    _ bit: Int,
    has: UInt32,
    wrong: UInt32,
    wanted: String
  )
    -> String?
  {
    if has & UInt32(bit) != 0 { return nil }
    return wrong & UInt32(bit) != 0 ? "'\(name)' is not \(wanted)" : "'\(name)' is missing"
  }
}
