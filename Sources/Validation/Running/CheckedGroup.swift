import Files
import PluginHost
import PluginKit

/// The checks of one group, made in this process.
struct CheckedGroup {
  private let request: ValidationRequest
  private let tell: (ValidationMessage) -> Void
  private let place = PluginPlace(memory: PluginMemory(), log: RemarkLog())

  init(_ request: ValidationRequest, tell: @escaping (ValidationMessage) -> Void) {
    self.request = request
    self.tell = tell
  }

  func run() {
    PluginRegistry.watchForCrashes()
    let before = ProcessFacts()
    let log = place.log
    let registry = PluginRegistry(policy: request.policy, memory: place.memory) { level, _, text in
      log.add(level, text)
    }
    let others = PluginRegistry(policy: ValidationRequest.builtIns)
    if request.loadsOtherFirst, let other = others.strategyIDs.first {
      _ = try? others.description(of: other)
    }
    switch request.group {
    case .load: load(registry, before)
    case .function:
      // Other plugins are called by their tables.
      if case .functions(let functions)? = registry.manifests.first?.abi {
        checkStrategies(registry)
        compare(functions, registry)
      }
    default: checkStrategies(registry)
    }
    registry.shutDown()
    tell(.done)
  }

  private func load(_ registry: PluginRegistry, _ before: ProcessFacts) {
    makeWhole(0, "load.table") { remarks in
      let begin = ContinuousClock.now
      guard let manifest = registry.manifests.first, let id = manifest.strategyIDs.first else {
        throw Finding.skip("it lists no strategy for this host")
      }
      do throws(PluginHostError) { _ = try registry.description(of: id) } catch {
        throw Finding.fail("\(error.refusal.map { "\($0)" } ?? "\(error)")")
      }
      let taken = ContinuousClock.now - begin
      if taken > .seconds(1) { remarks.append("loading took \(taken)") }
      let changes = before.changes(to: ProcessFacts())
      if !changes.isEmpty {
        remarks.append("loading changed \(changes.joined(separator: ", "))")
      }
    }
    makeWhole(1, "load.description") { remarks in
      for entry in registry.manifests.first?.interfaces ?? [] {
        let description = try registry.description(of: entry.id)
        if description.doc.isEmpty { remarks.append("\"\(entry.id)\" says nothing of itself") }
        for spec in description.parameters where spec.doc.isEmpty {
          remarks.append("the parameter \"\(spec.name)\" of \"\(entry.id)\" has no doc")
        }
      }
    }
  }

  /// Whether the compiler's own words could be compared with the manifest's; loading has refused what contradicts them.
  private func compare(_ declared: [FunctionDeclaration], _ registry: PluginRegistry) {
    makeWhole(1000, "function.declaration") { _ in
      guard let path = registry.listing().first?.libraryPath,
        let information = DebugInfo(try File.contents(of: path))
      else {
        throw Finding.skip(
          "there is no debug information to compare the manifest with: compile with -g"
        )
      }
      let known = Set(information.functions.map(\.name))
      if let other = declared.first(where: { !known.contains($0.symbol) }) {
        throw Finding.skip("the debug information says nothing of \"\(other.symbol)\"")
      }
    }
  }

  private func checkStrategies(_ registry: PluginRegistry) {
    var index = 0
    for entry in registry.manifests.first?.interfaces ?? [] {
      for check in request.group.checks {
        if let interfaces = check.interfaces, !interfaces.contains(entry.interface) { continue }
        defer { index += 1 }
        guard request.only.isEmpty || request.only.contains(check.name) else { continue }
        make(index, check.name, entry.id) { remarks in
          let description = try registry.description(of: entry.id)
          let subject = try Subject(
            registry,
            entry.id,
            entry.interface,
            given: description.parameters.read(request.settings)
          )
          if let obstacle = subject.obstacle { throw Finding.skip(obstacle) }
          return try draw(check, subject, &remarks)
        }
      }
    }
  }

  /// Every case of a check.
  private func draw(
    _ check: Check,
    _ subject: Subject,
    _ remarks: inout [String]
  ) throws -> UInt64? {
    let name = "\(check.name) \(subject.id)"
    let seeds =
      request.reproduced.map { [$0] }
      ?? (0..<check.cases(request.level)).map { Draw.seed(request.seed, name, $0) }
    var refusals: [String] = []
    var digest: UInt64?
    for first in seeds {
      // What is drawn may not be what the strategy is for; then something else is drawn, a few times.
      for attempt in 0..<(request.reproduced == nil ? 6 : 1) {
        let seed = attempt == 0 ? first : Draw.seed(first, name, attempt)
        tell(.drawn(seed: seed))
        var trial = Trial(subject, request.level, seed: seed, place: place)
        do {
          try check.run(&trial)
          remarks += trial.remarks
          if let own = trial.digest { digest = (digest ?? 0) &* 31 &+ own }
          break
        } catch let error as PluginError where error.isRefusal {
          if attempt == 5 || request.reproduced != nil { refusals.append("\(error)") }
        }
      }
    }
    if let refusal = refusals.first, refusals.count == seeds.count {
      throw Finding.skip("it refuses what is drawn: \(refusal)")
    }
    return digest
  }

  /// Makes one check and tells how it ended.
  private func make(
    _ index: Int,
    _ check: String,
    _ strategy: String,
    _ body: (inout [String]) throws -> UInt64?
  ) {
    guard index >= request.first else { return }
    tell(.begin(index: index, check: check, strategy: strategy))
    var remarks: [String] = []
    do {
      let digest = try body(&remarks)
      remarks += place.log.take()
      tell(
        .end(
          verdict: remarks.isEmpty ? .pass : .warn,
          text: remarks.prefix(5).joined(separator: "; "),
          digest: digest
        )
      )
    } catch Finding.skip(let reason) {
      tell(.end(verdict: .skip, text: reason, digest: nil))
    } catch Finding.fail(let text) {
      tell(.end(verdict: .fail, text: text, digest: nil))
    } catch {
      tell(.end(verdict: .fail, text: "\(error)", digest: nil))
    }
    _ = place.log.take()
  }

  /// Makes a check of the plugin as a whole.
  private func makeWhole(
    _ index: Int,
    _ check: String,
    _ body: (inout [String]) throws -> Void
  ) {
    make(index, check, "") { remarks in
      try body(&remarks)
      return nil
    }
  }
}

extension [ParameterSpec] {
  /// The values of a user that are of these parameters, read as their types.
  fileprivate func read(_ given: [StrategyParameter]) throws -> [String: ParameterValue] {
    var values: [String: ParameterValue] = [:]
    for parameter in given where contains(where: { $0.name == parameter.name }) {
      values[parameter.name] = parameter.value
    }
    return values
  }
}
