import Files
import Glibc
import PluginHost
import Reports

/// The command line: finds the verb, runs it, and turns what goes wrong into words and an exit code.
@main
enum Espalier {
  static let version = "0.1.0"

  /// Every verb, in the order that help lists them.
  static let verbs: [Verb] = [
    Inspect.verb, Prune.verb, Quantize.verb, Compress.verb, Train.verb, Distill.verb,
    SearchVerb.verb,
    Eval.verb, Report.verb,
    SensitivityVerb.verb, SensitivityMerge.verb, Run.verb, Bench.verb, DataVerb.check,
    DataVerb.synth, DataConvert.verb, DataSplit.verb,
    Score.coco, Score.voc, Score.wider, Plugins.list, Plugins.info,
    PluginNew.verb, PluginDraft.verb, PluginValidate.verb, PluginPack.pack, PluginPack.keygen,
    PluginInstall.add, PluginInstall.remove, PluginTrust.verb, PluginWorker.verb,
    Doctor.verb, ZooVerb.verb,
    Schema.verb, UnitVerb.verb,
  ]

  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    let streams = StandardStreams.take()
    let console = Console(wantsJSON: arguments.contains("--json"), streams)
    PluginGuard.write(to: streams.errors, json: console.wantsJSON ? streams.output : nil)
    var code = run(arguments, console)
    if code == .success, PluginGuard.wasLeft { code = .plugin }
    exit(code.rawValue)
  }

  private static func run(_ arguments: [String], _ console: Console) -> ExitCode {
    do { return try dispatch(arguments, console) } catch {
      let code = FailureReport.code(of: error)
      console.note("error: \(error)")
      if console.wantsJSON {
        console.write(FailureReport.json(error, code: code).text)
      }
      return code
    }
  }

  private static func dispatch(_ arguments: [String], _ console: Console) throws -> ExitCode {
    guard let first = arguments.first else {
      console.write(HelpText.overview(of: verbs))
      return .usage
    }
    switch first {
    case "--version", "version":
      console.write("espalier \(version)\n")
      return .success
    case "help", "--help", "-h":
      return try help(Array(arguments.dropFirst().filter { !$0.hasPrefix("-") }), console)
    default:
      let (verb, used) = try find(arguments)
      let invocation = try Invocation(verb, arguments.dropFirst(used))
      if invocation.has(.help) { return try help([verb.name], console) }
      return try verb.run(invocation, console)
    }
  }

  private static func help(_ words: [String], _ console: Console) throws -> ExitCode {
    guard !words.isEmpty else {
      console.write(HelpText.overview(of: verbs))
      return .success
    }
    let name = words.joined(separator: " ")
    let pages = verbs.filter {
      $0.name == name || !$0.isHidden && $0.name.hasPrefix("\(name) ")
    }
    guard !pages.isEmpty else { throw UsageError.unknownVerb(name, known: known) }
    console.write(pages.map(HelpText.page).joined(separator: "\n"))
    return .success
  }

  /// The names of the verbs that people call.
  private static var known: [String] { verbs.filter { !$0.isHidden }.map(\.name) }

  /// The verb of the first word or two, and how many words it took.
  private static func find(_ arguments: [String]) throws(UsageError) -> (Verb, Int) {
    for count in [2, 1] where arguments.count >= count {
      let name = arguments.prefix(count).joined(separator: " ")
      if let verb = verbs.first(where: { $0.name == name }) { return (verb, count) }
    }
    let group = known.filter { $0.hasPrefix("\(arguments[0]) ") }
    guard group.isEmpty else {
      throw .unknownVerb(arguments.prefix(2).joined(separator: " "), known: group)
    }
    throw .unknownVerb(arguments[0], known: known)
  }
}
