import Glibc

/// A manifest that was found, and what became of it: a line of `espalier plugin list --why`.
package struct PluginCandidate: Sendable, Hashable {
  /// Whether the plugin can be used.
  package enum Verdict: Sendable, Hashable {
    /// The manifest is right; the library was not looked at yet.
    case found
    /// The library passed every check that needs no loading.
    case ready
    /// It is mapped and offers its strategies.
    case loaded
    case refused(Refusal)
    /// Another plugin of the same id comes before it.
    case shadowed(by: String)
    case disabled(pattern: String)
    /// Only built-ins are taken.
    case safeMode
  }

  /// One step of the load pipeline and how it went.
  package struct Check: Sendable, Hashable {
    package let step: Step
    package let result: String
    package let passed: Bool
  }

  /// The steps of docs/plugins.md.
  package enum Step: Int, Sendable, Hashable, CaseIterable {
    case parse = 1
    case file, pin, elf, stage, load, shake
  }

  package let manifestPath: String
  package let origin: PluginPolicy.Origin
  package let manifest: Manifest?
  package var verdict: Verdict
  package var checks: [Check] = []
  /// Who signed the manifest.
  package var signer: Signer?
  /// How it was installed, where its folder has a lock.
  package var lock: PluginLock.Entry?
  /// Strategies of it that another plugin offers first, with that plugin's id.
  package var shadowedStrategies: [String: String] = [:]

  package init(
    manifestPath: String,
    origin: PluginPolicy.Origin,
    manifest: Manifest?,
    verdict: Verdict
  ) {
    self.manifestPath = manifestPath
    self.origin = origin
    self.manifest = manifest
    self.verdict = verdict
    let parsed = manifest.map { "\($0.id) \($0.version)" }
    if let parsed {
      checks = [Check(step: .parse, result: parsed, passed: true)]
    } else if case .refused(let refusal) = verdict {
      checks = [Check(step: .parse, result: refusal.detail, passed: false)]
    }
  }

  /// The library's absolute path.
  package var libraryPath: String? {
    guard let manifest, let slash = manifestPath.lastIndex(of: "/") else { return nil }
    return manifestPath[...slash] + manifest.library
  }

  /// Whether the manifest's text has a strategy's name in quotes, however little the file is to be trusted.
  func mentions(_ strategy: String) -> Bool {
    let descriptor = unsafe open(manifestPath, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    let limit = ManifestReader.sizeLimit
    let text = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      unsafe count = max(0, Glibc.read(descriptor, buffer.baseAddress, limit))
    }
    return text.firstRange(of: Array("\"\(strategy)\"".utf8)) != nil
  }

  /// Refuses a candidate whose library is not there.
  mutating func refuseWithoutLibrary() {
    guard let path = libraryPath, unsafe access(path, F_OK) != 0, errno == ENOENT else { return }
    refuse(Refusal(.fileMissing, path, "the manifest names it, but it is not there"), at: .file)
  }

  /// Refuses a candidate at a step.
  mutating func refuse(_ refusal: Refusal, at step: Step) {
    verdict = .refused(refusal)
    let result = "\(refusal.code.rawValue) \(refusal.path): \(refusal.detail)"
    checks.append(Check(step: step, result: result, passed: false))
  }

  /// What is said of a built-in strategy whose library is not there; `nil` for other candidates.
  var absence: PluginHostError.Absence? {
    guard origin == .builtIn, case .refused(let refusal) = verdict, refusal.code == .fileMissing
    else { return nil }
    return PluginHostError.Absence(manifest: manifestPath, library: refusal.path)
  }
}

extension PluginCandidate.Verdict: CustomStringConvertible {
  package var description: String {
    switch self {
    case .found: "found"
    case .ready: "ready"
    case .loaded: "loaded"
    case .refused(let refusal): "refused: \(refusal)"
    case .shadowed(let path): "shadowed by \(path), which is searched before"
    case .disabled(let pattern): "disabled by ESPALIER_PLUGINS_DISABLE (\(pattern))"
    case .safeMode: "left out by --safe-mode"
    }
  }
}

extension PluginCandidate: CustomStringConvertible {
  /// A paragraph: the manifest, where it was found, each check, the verdict.
  package var description: String {
    var lines = ["\(manifestPath) (\(origin.rawValue))"]
    for check in checks {
      lines.append(
        "  \(check.step.rawValue) \(check.step): \(check.passed ? "ok" : "no"), \(check.result)"
      )
    }
    for (strategy, owner) in shadowedStrategies.sorted(by: { $0.key < $1.key }) {
      lines.append("  strategy \"\(strategy)\" is offered by \(owner) first")
    }
    for skipped in manifest?.skipped ?? [] { lines.append("  \(skipped)") }
    lines.append("  \(verdict)")
    return lines.joined(separator: "\n")
  }
}
