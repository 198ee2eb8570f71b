import Files
import PluginHost
import Processes

/// One group's checks in processes of their own: one after a check that ended its process makes the rest.
struct GroupRun {
  private let program: String
  private let arguments: [String]
  private let request: ValidationRequest
  private let confinement: Confinement
  /// How often a process may be lost before the rest of the group is left out.
  private static let losses = 24

  init(
    _ program: String,
    _ arguments: [String],
    _ request: ValidationRequest,
    _ confinement: Confinement
  ) {
    self.program = program
    self.arguments = arguments
    self.request = request
    var confinement = confinement
    confinement.processorSeconds = 4 * (Self.seconds(request) * 10 + 60)
    confinement.fixesCode = request.group == .function
    self.confinement = confinement
  }

  private static func seconds(_ request: ValidationRequest) -> Int {
    request.seconds ?? request.level.caseSeconds
  }

  /// The results, and the digests of answers by strategy.
  func results() -> ([ValidationResult], [String: UInt64]) {
    var results: [ValidationResult] = []
    var digests: [String: UInt64] = [:]
    var request = request
    for _ in 0..<Self.losses {
      guard let next = run(request, &results, &digests) else { return (results, digests) }
      request.first = next
    }
    return (results, digests)
  }

  /// The check that is being made.
  private struct Current {
    let index: Int
    let check: String
    let strategy: String
    var seed: UInt64?
    let begin = ContinuousClock.now

    func result(_ verdict: ValidationVerdict, _ text: String) -> ValidationResult {
      let taken = (ContinuousClock.now - begin).components
      return ValidationResult(
        check: check,
        strategy: strategy,
        verdict: verdict,
        text: text,
        seed: verdict.isAcceptable ? nil : seed,
        seconds: Double(taken.seconds) + Double(taken.attoseconds) * 1e-18
      )
    }
  }

  /// Makes the checks in one process; where to go on if it was lost, `nil` where all are made.
  private func run(
    _ request: ValidationRequest,
    _ results: inout [ValidationResult],
    _ digests: inout [String: UInt64]
  ) -> Int? {
    var current = Current(index: request.first - 1, check: "\(request.group).start", strategy: "")
    let process: ChildProcess
    do throws(ProcessFailure) {
      process = try ChildProcess(program, arguments, confinement: confinement)
    } catch {
      results.append(current.result(.lost, "\(error)"))
      return nil
    }
    do throws(ProcessFailure) {
      let patience = Duration.seconds(Self.seconds(request))
      let bytes = Array(request.json.line.utf8)
      try process.send(
        Frame(ValidationServer.requestKind, bytes),
        until: ContinuousClock.now + patience
      )
      while true {
        let frame = try process.receive(until: ContinuousClock.now + patience)
        switch ValidationMessage(frame) {
        case .begin(let index, let check, let strategy)?:
          current = Current(index: index, check: check, strategy: strategy)
        case .drawn(let seed)?: current.seed = seed
        case .end(let verdict, let text, let digest)?:
          results.append(current.result(verdict, text))
          digests[current.strategy] = digest
        case .done?:
          process.end()
          if request.group == .load, request.first == 0 {
            results += silence(process, current)
          }
          return nil
        case nil: throw .connection("sent what is no message")
        }
      }
    } catch {
      process.end(asking: error == .deadline)
      let report = GuardReport(in: process.errors.text)
      results.append(current.result(Self.verdict(of: error, report), Self.text(error, report)))
      return current.index + 1
    }
  }

  private static func verdict(
    of failure: ProcessFailure,
    _ report: GuardReport?
  ) -> ValidationVerdict {
    switch failure {
    case .ended where report?.code == .hung: .timeout
    case .deadline: .timeout
    case .memory: .limit
    case .ended(let end): end.signalName == "SIGXCPU" ? .timeout : .crash
    case .start, .connection: .lost
    }
  }

  /// What happened, and where the process was.
  private static func text(_ failure: ProcessFailure, _ report: GuardReport?) -> String {
    guard let report else { return "\(failure)" }
    // A process that did not answer was asked for its place by a signal, which is no crash.
    return failure == .deadline ? "\(failure); it was in \(report.place)" : "\(report)"
  }

  /// What a plugin printed while it was loaded.
  private func silence(_ process: ChildProcess, _ current: Current) -> [ValidationResult] {
    let printed = process.output.count + process.errors.count
    let text = process.output.text + process.errors.text
    let current = Current(index: current.index, check: "load.silence", strategy: "")
    return [
      printed == 0
        ? current.result(.pass, "")
        : current.result(
          .warn,
          "it wrote \(printed) bytes while it was loaded: \(text.prefix(80).debugDescription)"
        )
    ]
  }
}
