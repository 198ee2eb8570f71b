import Files
import Packaging
import PluginHost
import PluginKit
import Reports

/// `espalier plugin list` and `espalier plugin info`: which strategies there are, and why others are not.
enum Plugins {
  private static let why = Option.flag("why", "Tell each check of each candidate, and the verdict.")
  private static let markdown = Option.flag(
    "markdown",
    "Print the strategies and their parameters as tables for a page of documentation."
  )
  private static let shared: [Option] = Option.plugins

  static let list = Verb(
    name: "plugin list",
    summary: "List the plugins and the strategies that they offer.",
    options: [why, markdown] + shared,
    notes: "No plugin's code runs for it, but for --markdown, which loads every plugin."
  ) { invocation, console in
    let registry = try invocation.registry(console)
    if invocation.has(markdown) {
      defer { registry.shutDown() }
      try registry.requireNamed()
      let offers = try registry.offers { (error) throws(PluginHostError) in throw error }
      console.write(StrategyTables(offers).markdown)
      return .success
    }
    let candidates = registry.listing()
    let report = PluginReport(candidates, repeated: registry.repeated)
    if console.wantsJSON {
      console.write(report.json.text)
    } else {
      console.write(invocation.has(why) ? report.reasons : report.text)
    }
    return refusesNamed(candidates, console) ? .plugin : .success
  }

  /// What was asked for is shown whole; a plugin that was named and is refused is an error all the same.
  private static func refusesNamed(_ candidates: [PluginCandidate], _ console: Console) -> Bool {
    for candidate in candidates where candidate.origin == .named {
      guard case .refused(let refusal) = candidate.verdict else { continue }
      console.note("error: \(PluginHostError.namedRefused(refusal))")
      return true
    }
    return false
  }

  static let info = Verb(
    name: "plugin info",
    summary:
      "Show a strategy's parameters, or a plugin's files, signature, lock, validation and quarantine.",
    operands: [
      .init(
        name: "NAME",
        help: "A strategy's name, such as uniform, a plugin's id, or a packed plugin's file."
      )
    ],
    options: [why] + shared,
    notes: "A strategy's plugin is loaded for it, with every check; of a plugin no code runs."
  ) { invocation, console in
    let registry = try invocation.registry(console)
    defer { registry.shutDown() }
    let name = invocation.operands[0]
    do {
      if let facts = try facts(name, registry, PluginPolicy.standard()) {
        console.write(console.wantsJSON ? facts.json.text : facts.text)
        return refusesNamed(registry.listing(), console) ? .plugin : .success
      }
      try registry.requireNamed()
      let description = try registry.description(of: name)
      let report = StrategyReport(description, provenance: try? registry.provenance(of: name))
      console.write(console.wantsJSON ? report.json.text : report.text)
    } catch {
      if invocation.has(why), !console.wantsJSON {
        console.write(PluginReport(registry.listing(), repeated: registry.repeated).reasons)
      }
      throw error
    }
    return .success
  }

  /// What is known of a plugin of this id, or in a file of this name; `nil` where a strategy is meant.
  private static func facts(
    _ name: String,
    _ registry: PluginRegistry,
    _ policy: PluginPolicy
  ) throws -> PluginFacts? {
    guard !registry.strategyIDs.contains(name) else { return nil }
    if let found = registry.listing().first(where: { $0.manifest?.id == name }) {
      return PluginFacts(found, policy)
    }
    guard name.contains("/") || name.hasSuffix(PluginArchive.ending), File.exists(name) else {
      return nil
    }
    return PluginFacts(try PluginFiles(path: name), policy)
  }
}
