package import Processes

/// The checks of a plugin, a process for each group, none of its code in this one.
package struct ValidationRun: Sendable {
  private let program: String
  private let arguments: [String]
  private let request: ValidationRequest
  private let groups: [CheckGroup]
  private let confinement: Confinement

  /// - Parameters:
  ///   - program: What is started, with `arguments`, to make the checks.
  ///   - arguments: What the program is given before what the process needs.
  ///   - request: What is checked, and how.
  ///   - groups: The groups, in order.
  ///   - confinement: What a process may use.
  package init(
    program: String,
    arguments: [String] = ["plugin", "worker"],
    _ request: ValidationRequest,
    groups: [CheckGroup] = CheckGroup.allCases,
    confinement: Confinement = Confinement()
  ) {
    self.program = program
    self.arguments = arguments
    self.request = request
    self.groups = groups
    var confinement = confinement
    confinement.endsWithThread = true
    if let folder = request.stagingFolder { confinement.writable.append(folder) }
    self.confinement = confinement
  }

  /// Makes the checks.
  ///
  /// - Parameter tell: Told of each result.
  /// - Returns: All results.
  package func run(
    tell: (ValidationResult) -> Void = { _ in }
  ) -> [ValidationResult] {
    var results: [ValidationResult] = []
    for group in groups {
      // What does not load has nothing else to be checked.
      if results.contains(where: { $0.group == "load" && !$0.verdict.isAcceptable }) { break }
      let own = self.results(of: group)
      own.forEach(tell)
      results += own
    }
    return results
  }

  private func results(of group: CheckGroup) -> [ValidationResult] {
    let (results, digests) = GroupRun(program, arguments, asking(group), confinement).results()
    guard group == .determinism, request.reproduced == nil, !digests.isEmpty else { return results }
    var other = asking(group)
    other.loadsOtherFirst = true
    other.only = ["determinism.process"]
    let (_, others) = GroupRun(program, arguments, other, confinement).results()
    return results.map { result in
      guard result.check == "determinism.process", let own = digests[result.strategy],
        own != others[result.strategy]
      else { return result }
      return result.failed(
        others[result.strategy] == nil
          ? "another process gives no answer"
          : "another process, in which another plugin was loaded before, answers otherwise"
      )
    }
  }

  private func asking(_ group: CheckGroup) -> ValidationRequest {
    var request = request
    request.group = group
    return request
  }
}

extension ValidationResult {
  fileprivate func failed(_ text: String) -> ValidationResult {
    ValidationResult(
      check: check,
      strategy: strategy,
      verdict: .fail,
      text: text,
      seed: seed,
      seconds: seconds
    )
  }
}
