import PluginKit

/// A plugin that runs in processes of its own: what it says of itself, and how one is started.
final class IsolatedPlugin: AvailablePlugin {
  let manifest: Manifest
  let sha256: String
  private let strategies: [String: IsolatedStrategy]

  /// Starts a process to ask what there is, and ends it.
  ///
  /// - Throws: A refusal with the process's own words.
  init(
    manifest: Manifest,
    sha256: String,
    launch: IsolatedLaunch,
    path: String,
    log: @escaping PluginLog
  ) throws(Refusal) {
    self.manifest = manifest
    self.sha256 = sha256
    let session = IsolatedSession(launch, plugin: manifest.id, strategy: nil, log: log)
    defer { session.end() }
    var strategies: [String: IsolatedStrategy] = [:]
    do throws(PluginError) {
      for entry in manifest.interfaces {
        var answer = try session.call(.describe) { $0.add(entry.id) }
        strategies[entry.id] = IsolatedStrategy(
          description: try answer.value(),
          interface: entry.interface,
          plans: try answer.bool(),
          scores: try answer.bool(),
          plugin: manifest.id,
          launch: launch,
          log: log
        )
      }
    } catch {
      throw Refusal(.loadFailed, path, "\(error)")
    }
    self.strategies = strategies
  }

  func offer(_ id: String) -> LoadedPlugin.Offer? { strategies[id].map { .isolated($0) } }

  func description(of id: String) -> StrategyDescription? { strategies[id]?.description }

  /// Each instance ends its own process.
  func shutDown() {}
}

/// A strategy of such a plugin.
struct IsolatedStrategy: Sendable {
  let description: StrategyDescription
  let interface: PluginInterface
  /// Whether a pruner decides, and whether it scores channels.
  let plans: Bool
  let scores: Bool
  let plugin: String
  let launch: IsolatedLaunch
  let log: PluginLog

  /// An instance, whose process is started at once.
  func session(_ settings: Settings) -> IsolatedSession {
    IsolatedSession(launch, plugin: plugin, strategy: (description.id, settings), log: log)
  }
}
