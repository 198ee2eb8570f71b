/// Problems as a reader meets them: kept where the policy is to skip, thrown where it is to refuse.
struct ProblemLog {
  let policy: FaultPolicy
  private(set) var problems: [DataProblem] = []

  init(_ policy: FaultPolicy) { self.policy = policy }

  mutating func note(_ problem: DataProblem) throws(DataError) {
    guard policy == .skip else { throw .problem(problem) }
    problems.append(problem)
  }
}
