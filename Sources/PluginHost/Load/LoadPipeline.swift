import Files
import PluginKit

/// Steps 2 to 8 for one candidate.
struct LoadPipeline {
  let policy: PluginPolicy
  let log: PluginLog

  /// What the checks before loading found.
  private struct Checked {
    let manifest: Manifest
    let file: TrustedFile
    let sha256: String
  }

  /// Runs the checks that map nothing, and reports each.
  func inspect(_ candidate: PluginCandidate) -> PluginCandidate {
    var candidate = candidate
    do throws(Refusal) {
      _ = try check(&candidate)
      candidate.verdict = .ready
    } catch {
      candidate.verdict = .refused(error)
    }
    return candidate
  }

  /// Runs every step and writes the audit line.
  func load(_ candidate: PluginCandidate) throws(Refusal) -> (LoadedPlugin, PluginCandidate) {
    var candidate = candidate
    var sha256 = ""
    do throws(Refusal) {
      let checked = try check(&candidate)
      sha256 = checked.sha256
      let plugin = try load(checked, &candidate)
      candidate.verdict = .loaded
      audit(candidate, sha256, verdict: "loaded", reason: "")
      return (plugin, candidate)
    } catch {
      candidate.verdict = .refused(error)
      audit(candidate, sha256, verdict: error.code.rawValue, reason: error.detail)
      throw error
    }
  }

  private func step<T>(
    _ step: PluginCandidate.Step,
    _ candidate: inout PluginCandidate,
    _ body: () throws(Refusal) -> (T, String)
  ) throws(Refusal) -> T {
    do throws(Refusal) {
      let (value, result) = try body()
      candidate.checks.append(PluginCandidate.Check(step: step, result: result, passed: true))
      return value
    } catch {
      candidate.checks.append(
        PluginCandidate.Check(
          step: step,
          result: "\(error.code.rawValue) \(error.detail)",
          passed: false
        )
      )
      throw error
    }
  }

  private func check(_ candidate: inout PluginCandidate) throws(Refusal) -> Checked {
    guard let manifest = candidate.manifest, let path = candidate.libraryPath else {
      if case .refused(let refusal) = candidate.verdict { throw refusal }
      throw Refusal(.manifestUnreadable, candidate.manifestPath, "it was not read")
    }
    let isBuiltIn = candidate.origin == .builtIn
    let file = try step(.file, &candidate) { () throws(Refusal) in
      let file = try TrustedFile(path: path, limit: 1 << 30, checksOwner: !isBuiltIn)
      return (file, "\(path), \(file.bytes.count) bytes")
    }
    let sha256 = try step(.pin, &candidate) { () throws(Refusal) in
      let sha256 = SHA256.hexadecimal(of: file.bytes.span)
      try checkPin(manifest, sha256, path)
      if !isBuiltIn { try checkQuarantine(sha256, manifest, path) }
      if manifest.needsValidation, !policy.allowsUnvalidated {
        throw Refusal(
          .unvalidated,
          path,
          "it has no record of validation, which \(manifest.abiName) in this process needs"
        )
      }
      return (sha256, manifest.sha256 == nil ? "sha256 \(sha256), not pinned" : "sha256 \(sha256)")
    }
    try step(.elf, &candidate) { () throws(Refusal) in
      let image: ELFImage
      do throws(ELFImage.Fault) {
        image = try ELFImage(file.bytes)
      } catch {
        throw Refusal(.elfMalformed, path, error.description)
      }
      try image.check(symbols: manifest.symbols, path: path)
      return ((), "needs \(image.needed.joined(separator: " "))")
    }
    return Checked(manifest: manifest, file: file, sha256: sha256)
  }

  private func checkPin(_ manifest: Manifest, _ sha256: String, _ path: String) throws(Refusal) {
    guard let pin = manifest.sha256 else {
      guard policy.allowsUnpinned else {
        throw Refusal(.unpinned, path, "its manifest has no sha256 (it is \(sha256))")
      }
      log(.warning, manifest.id, "loaded without a pin: \(path) (sha256 \(sha256))")
      return
    }
    guard pin == sha256 else {
      throw Refusal(.hashMismatch, path, "its sha256 is \(sha256), the manifest says \(pin)")
    }
  }

  private func checkQuarantine(
    _ sha256: String,
    _ manifest: Manifest,
    _ path: String
  ) throws(Refusal) {
    guard let reason = policy.quarantine?.reason(of: sha256) else { return }
    guard policy.allowsQuarantined else {
      throw Refusal(.quarantined, path, "this build of \(manifest.id) is in quarantine: \(reason)")
    }
    log(.warning, manifest.id, "loaded although it is in quarantine: \(reason)")
  }

  private func load(
    _ checked: Checked,
    _ candidate: inout PluginCandidate
  ) throws(Refusal) -> LoadedPlugin {
    let path = checked.file.path
    let isBuiltIn = candidate.origin == .builtIn
    let target = try step(.stage, &candidate) { () throws(Refusal) in
      if isBuiltIn { return (path, "in place") }
      guard let folder = policy.stagingFolder else {
        throw Refusal(.stagingFailed, path, "neither XDG_CACHE_HOME nor HOME is set")
      }
      let copy = try Staging(folder: folder).stage(checked.file, sha256: checked.sha256)
      return (copy, copy)
    }
    policy.limitTime()
    var shaken = false
    do throws(Refusal) {
      let plugin = try LoadedPlugin(
        manifest: checked.manifest,
        file: target,
        path: path,
        sha256: checked.sha256,
        marker: isBuiltIn ? nil : policy.quarantine?.marker(of: checked.sha256),
        log: log
      )
      candidate.checks.append(
        PluginCandidate.Check(step: .load, result: "mapped", passed: true)
      )
      shaken = true
      candidate.checks.append(
        PluginCandidate.Check(
          step: .shake,
          result: checked.manifest.strategyList,
          passed: true
        )
      )
      return plugin
    } catch {
      let isLoad = !shaken && error.code == .loadFailed
      candidate.checks.append(
        PluginCandidate.Check(
          step: isLoad ? .load : .shake,
          result: "\(error.code.rawValue) \(error.detail)",
          passed: false
        )
      )
      throw error
    }
  }

  private func audit(
    _ candidate: PluginCandidate,
    _ sha256: String,
    verdict: String,
    reason: String
  ) {
    AuditLog(path: policy.auditPath).append(
      AuditLog.Record(
        manifest: candidate.manifestPath,
        library: candidate.libraryPath ?? "",
        plugin: candidate.manifest?.id ?? "",
        sha256: sha256,
        abi: candidate.manifest?.abiName ?? "",
        verdict: verdict,
        reason: reason
      )
    )
  }
}

extension Manifest {
  fileprivate var abiName: String {
    switch abi {
    case .table: "esp/1"
    case .functions: "c-function/1"
    }
  }

  /// What the library must export.
  fileprivate var symbols: [String] {
    switch abi {
    case .table: ["esp_plugin_entry_v1"]
    case .functions(let functions): functions.map(\.symbol)
    }
  }
}

extension ELFImage.Fault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .malformed(let text): text
    }
  }
}
