import Evaluation
import Files
import Glibc
import PluginHost
import Recipes
import Search
import Synchronization

/// `espalier unit`: one piece of a run's work, as the program that asked for it has written it.
enum UnitVerb {
  private static let attached = Option.flag(
    "attached",
    "End when standard input is closed, as it is when whoever asked for the unit has ended."
  )

  static let verb = Verb(
    name: "unit",
    summary: "Carry out one unit of work of a run, such as a trial of a search.",
    operands: [.init(name: "FILE", help: "A unit: RUN/search/step-N/units/HASH.json.")],
    options: [attached, .plugin, .allowUnvalidated, .allowUnpinned, .isolate, .safeMode, .strict],
    notes: """
      The result is one JSON line on the schema espalier.trial-result/1. An interrupted unit resumes from its checkpoint.
      `espalier search --executor local:N` starts units by itself.
      """
  ) { invocation, console in
    if invocation.has(attached) { endWithInput() }
    let unit = try TrialUnit.read(invocation.operands[0])
    let registry = try invocation.usableRegistry(console, with: unit.plugins())
    defer { registry.shutDown() }
    var environment = RunEnvironment(registry: registry)
    environment.tell = { event in
      // Whoever asked for the unit reports progress; warnings are worth a line.
      if case .plugin = event { console.tell(event) }
    }
    if !invocation.has(attached) { environment.stop = Interruption.watch() }
    // On a line of its own, whatever a plugin has written before.
    console.write("\n\(try unit.carryOut(environment).json.line)\n")
    return .success
  }

  /// Ends this process when its standard input is closed.
  private static func endWithInput() {
    var thread = pthread_t()
    unsafe pthread_create(
      &thread,
      nil,
      { _ in
        var byte: UInt8 = 0
        while true {
          let count = unsafe read(STDIN_FILENO, &byte, 1)
          if count < 0 && errno == EINTR { continue }
          if count <= 0 { _exit(ExitCode.interrupted.rawValue) }
        }
      },
      nil
    )
    pthread_detach(thread)
  }
}
