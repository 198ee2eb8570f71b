import Glibc
import Operators
import Tensors

/// Runs ONNX's node tests that `generate.py` wrote: `espalier-conformance FOLDER LISTS [--only TEXT] [--device cuda]`.
///
/// `espalier-conformance FOLDER --rewrite TARGET` executes nothing: it writes every case in each opset that can say it.
///
/// LISTS holds `exclusions.txt` (never run) and `failures.txt` (run, and known to fail). The last line reads
/// `N passed, N failed, N skipped`. Exit code 1: fewer than 120 operators claimed, fewer than 600 cases of opset
/// 22 or older passed, less than 97 % of the cases of claimed operators passed, or a failure that is not listed.
func main() throws -> Int32 {
  let arguments = CommandLine.arguments
  guard arguments.count >= 3 else {
    print("usage: espalier-conformance FOLDER LISTS [--only TEXT] [--device cuda]")
    return 2
  }
  if arguments[2] == "--rewrite", arguments.count == 4 {
    let rewriting = Rewriting(operators: .standard, folder: arguments[1], target: arguments[3])
    let result = try rewriting.run(try Case.all(in: arguments[1]))
    for line in result.moved { print("NOT IN ITS OPSET \(line)") }
    print(
      "\(result.read) cases read, \(result.unread) not; \(result.written) files written, "
        + "\(result.moved.count) cases not in their own opset"
    )
    return 0
  }
  let options = arguments.dropFirst(3).enumerated().filter { $0.offset.isMultiple(of: 2) }
  guard arguments.count % 2 == 1,
    options.allSatisfy({ ["--only", "--device"].contains($0.element) })
  else {
    print("espalier-conformance: after LISTS come --only TEXT and --device NAME")
    return 2
  }
  func value(_ option: String) -> String? {
    arguments.firstIndex(of: option).flatMap { $0 + 1 < arguments.count ? arguments[$0 + 1] : nil }
  }
  let only = value("--only")
  let device = value("--device").map(Device.init) ?? .cpu
  guard let device else {
    print("espalier-conformance: --device takes cpu, cuda or cuda:N")
    return 2
  }
  if device.kind == .cuda { try Runtime.loadCUDA() }
  let excluded = try CaseList(path: "\(arguments[2])/exclusions.txt")
  let known = try CaseList(path: "\(arguments[2])/failures.txt")
  let trial = Trial(operators: .standard, folder: arguments[1], device: device)
  var tally = Tally()
  var unlisted = 0
  // Kinds of cases that need not be run; any other one that is left out counts as not passed.
  let permitted = ["random", "strings", "sequences", "optionals", "training"]
  var permittedCount = 0
  var left = 0
  let cases = try Case.all(in: arguments[1])
  for entry in cases {
    if let only, !entry.name.contains(only) { continue }
    let outcome =
      excluded.reason(entry).map(Trial.Outcome.skipped) ?? trial.run(entry)
    if let reason = excluded.reason(entry), trial.isClaimed(entry) {
      if permitted.contains(where: reason.hasPrefix) { permittedCount += 1 } else { left += 1 }
    }
    if case .failed = outcome, known.reason(entry) == nil { unlisted += 1 }
    tally.add(entry, outcome)
  }

  let operators = OperatorSet.standard
  let claimed = Set(operators.names.filter { operators[name: $0]?.kernel != nil })
  print(tally.table(claimed: claimed))
  for failure in tally.failures { print("FAILED \(failure.name): \(failure.reason)") }
  let names = Set(cases.flatMap { [$0.name, "\($0.suite)/\($0.name)"] })
  for name in excluded.reasons.keys.sorted() + known.reasons.keys.sorted()
  where !names.contains(name) { print("LISTED, but there is no such case: \(name)") }

  let counted = tally.passed + tally.failed + left
  let rate = counted == 0 ? 0 : Double(tally.passed) / Double(counted)
  print(
    """
    on \(device): \(claimed.count) operators claimed (120 needed), \(tally.shown(claimed)) of them with a case that passed
    \(tally.passedInOpset22) cases of opset 22 or older passed (600 needed)
    \((rate * 1000).rounded() / 10) % of the cases of claimed operators passed (97 needed), \
    \(unlisted) failures not listed in failures.txt
    \(left) of those cases are left out and count as not passed; \(permittedCount) more are of kinds that \
    need not be run: \(permitted.joined(separator: ", "))
    \(tally.passed) passed, \(tally.failed) failed, \(tally.skipped) skipped
    """
  )
  if only != nil { return tally.failed == 0 ? 0 : 1 }
  let holds =
    claimed.count >= 120 && tally.passedInOpset22 >= 600 && rate >= 0.97 && unlisted == 0
  return holds ? 0 : 1
}

do { exit(try main()) } catch {
  print("espalier-conformance: \(error)")
  exit(2)
}
