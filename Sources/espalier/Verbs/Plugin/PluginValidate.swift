import Files
import Glibc
import PluginHost
import PluginKit
import Processes
import Reports
import Validation

/// `espalier plugin validate`: a plugin put to the test in processes of its own.
enum PluginValidate {
  private static let level = Option.value("level", "NAME", "quick (default), full or soak.")
  private static let include = Option.value(
    "include",
    "GROUPS",
    repeats: true,
    "Only these groups, separated by commas; GROUP.CHECK takes one check."
  )
  private static let exclude = Option.value(
    "exclude",
    "GROUPS",
    repeats: true,
    "Not these groups, separated by commas."
  )
  private static let seed = Option.value("seed", "N", "What inputs are drawn from (default 1).")
  private static let reproduce = Option.value(
    "reproduce",
    "N",
    "Run one case of each check, the one that a result names."
  )
  private static let inProcess = Option.flag(
    "in-process",
    "Run the code in this process, for a debugger; with --reproduce."
  )
  private static let set = Option.value(
    "set",
    "NAME=VALUE",
    repeats: true,
    "A parameter of the strategies that have it."
  )

  static let verb = Verb(
    name: "plugin validate",
    summary: "Put a plugin to the test, in processes of its own.",
    operands: [
      .init(name: "PLUGIN", help: "A manifest, its folder, or the id of an installed plugin.")
    ],
    options: [level, include, exclude, seed, reproduce, inProcess, set, .allowUnpinned],
    notes: """
      Groups: \(CheckGroup.allCases.map { "\($0.rawValue) (\($0.doc))" }.joined(separator: "; ")).
      No code of the plugin runs in this process. One that passes all groups gets a record, with which plain C functions run without --allow-unvalidated.
      """
  ) { invocation, console in
    let (candidate, policy) = try candidate(invocation, console)
    var request = ValidationRequest(manifest: candidate.manifestPath)
    request.isBuiltIn = candidate.origin == .builtIn
    request.allowsUnpinned = policy.allowsUnpinned
    request.stagingFolder = policy.stagingFolder
    request.level = try chosenLevel(invocation)
    request.seed = try number(invocation, seed) ?? 1
    request.reproduced = try number(invocation, reproduce)
    request.settings = try Assignments.parameters(invocation.values(set))
    let (groups, only) = try chosenGroups(invocation)
    request.only = only
    if invocation.has(inProcess), request.reproduced == nil {
      throw UsageError.needs("--reproduce", because: "--in-process runs one case")
    }
    let results: [ValidationResult]
    if invocation.has(inProcess) {
      results = groups.flatMap { ValidationServer.results(of: request, group: $0) }
    } else {
      if let folder = policy.stagingFolder { try Folder.make(folder, mode: 0o700) }
      results = ValidationRun(
        program: policy.workerProgram ?? "/proc/self/exe",
        request,
        groups: groups
      ).run { result in
        if !console.wantsJSON, !result.verdict.isAcceptable {
          console.progress("\(result.check) \(result.strategy): \(result.verdict.rawValue)")
        }
      }
    }
    console.endProgress()
    let isWhole = groups == CheckGroup.allCases && only.isEmpty && request.reproduced == nil
    let report = ValidationReport(
      results,
      plugin: candidate.manifest?.id ?? candidate.manifestPath,
      operand: invocation.operands[0],
      record: isWhole ? try record(candidate, results, request, policy) : nil
    )
    console.write(console.wantsJSON ? report.json.text : report.text)
    return report.passed ? .success : .plugin
  }

  /// The plugin that is meant, checked as far as that needs none of its code.
  private static func candidate(
    _ invocation: Invocation,
    _ console: Console
  ) throws -> (PluginCandidate, PluginPolicy) {
    let name = invocation.operands[0]
    var policy = PluginPolicy.standard()
    policy.allowsUnpinned = invocation.has(.allowUnpinned)
    policy.allowsUnvalidated = true
    let installed = PluginRegistry(policy: policy).listing()
    // A built-in that is named by its file keeps the rights of one.
    var found = installed.first { candidate in
      candidate.manifest?.id == name
        || candidate.origin == .builtIn && FileFacts.areSame(candidate.manifestPath, name)
    }
    if found == nil, File.exists(name) || Folder.exists(name) {
      policy.manifests = [FilePath.absolute(name)]
      found = PluginRegistry(policy: policy).listing().first { $0.origin == .named }
    }
    guard let found else {
      let known = installed.compactMap { $0.manifest?.id }.joined(separator: ", ")
      throw Failure(
        .badInput,
        "there is no file '\(name)' and no plugin of that id; there are \(known)"
      )
    }
    if case .refused(let refusal) = found.verdict { throw PluginHostError.namedRefused(refusal) }
    return (found, policy)
  }

  /// Writes the record of a plugin that passed, and says where.
  private static func record(
    _ candidate: PluginCandidate,
    _ results: [ValidationResult],
    _ request: ValidationRequest,
    _ policy: PluginPolicy
  ) throws -> String? {
    guard results.allSatisfy(\.verdict.isAcceptable),
      results.contains(where: { $0.verdict == .pass }),
      let manifest = candidate.manifest, let path = candidate.libraryPath
    else { return nil }
    let bytes = try File.contents(of: path)
    return try ValidationRecords(folder: policy.validationFolder).write(
      manifest,
      SHA256.hexadecimal(of: bytes.span),
      level: request.level.rawValue,
      seed: request.seed
    )
  }

  private static func chosenLevel(_ invocation: Invocation) throws(UsageError) -> ValidationLevel {
    guard let text = invocation.value(level) else { return .quick }
    guard let found = ValidationLevel(rawValue: text) else {
      throw .badValue("level", text, wanted: "quick, full or soak")
    }
    return found
  }

  private static func number(
    _ invocation: Invocation,
    _ option: Option
  ) throws(UsageError) -> UInt64? {
    guard let text = invocation.value(option) else { return nil }
    guard let found = UInt64(text) else {
      throw .badValue(option.name, text, wanted: "a whole number from 0")
    }
    return found
  }

  /// The groups to run, and the checks where single ones are named.
  private static func chosenGroups(
    _ invocation: Invocation
  ) throws(UsageError) -> ([CheckGroup], [String]) {
    func words(_ option: Option) -> [String] {
      invocation.values(option).flatMap { $0.split(separator: ",").map(String.init) }
    }
    func group(_ word: String, _ option: Option) throws(UsageError) -> CheckGroup {
      guard let found = CheckGroup(rawValue: String(word.prefix { $0 != "." })) else {
        let known = CheckGroup.allCases.map(\.rawValue).joined(separator: ", ")
        throw .badValue(option.name, word, wanted: "among \(known)")
      }
      return found
    }
    var groups = Set(CheckGroup.allCases)
    let included = words(include)
    if !included.isEmpty {
      groups = []
      for word in included { groups.insert(try group(word, include)) }
    }
    for word in words(exclude) { groups.remove(try group(word, exclude)) }
    return (CheckGroup.allCases.filter(groups.contains), included.filter { $0.contains(".") })
  }
}
