import CGuard
import Files
import Glibc
import PluginKit
import Processes

/// Steps 2 to 8 for one candidate.
struct LoadPipeline {
  let policy: PluginPolicy
  var memory = PluginMemory()
  let log: PluginLog
  /// Called for each step of a load that passed.
  let observe: PluginRegistry.Observer

  /// What the checks before loading found.
  private struct Checked {
    let manifest: Manifest
    let file: TrustedFile
    let sha256: String
    let companions: Companions
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
  func load(
    _ candidate: PluginCandidate
  ) throws(Refusal) -> (any AvailablePlugin, PluginCandidate) {
    var candidate = candidate
    var sha256 = ""
    do throws(Refusal) {
      let checked = try check(&candidate)
      sha256 = checked.sha256
      let plugin: any AvailablePlugin =
        isIsolated(candidate)
        ? try isolate(checked, &candidate) : try loadUnswept(checked, &candidate)
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
      observe(step, candidate.manifestPath)
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
    let folder = FilePath.folder(of: candidate.manifestPath)
    let isIsolated = isIsolated(candidate)
    let file = try step(.file, &candidate) { () throws(Refusal) in
      let file = try TrustedFile(
        manifest.library,
        in: folder,
        limit: 1 << 30,
        checksOwner: !isBuiltIn
      )
      return (file, "\(path), \(file.bytes.count) bytes")
    }
    let (entry, signer) = (candidate.lock, candidate.signer)
    let sha256 = try step(.pin, &candidate) { () throws(Refusal) in
      let sha256 = SHA256.hexadecimal(of: file.bytes.span)
      try checkPin(manifest, sha256, path, isSigned: signer != nil)
      if !isBuiltIn { try checkQuarantine(sha256, manifest, path) }
      if let entry, entry.files[manifest.library] != sha256 {
        throw Refusal(
          .lockMismatch,
          path,
          "its sha256 is \(sha256), \(PluginLock.name) has \(entry.files[manifest.library] ?? "none")"
        )
      }
      let isValidated = try isValidated(manifest, sha256, path, isIsolated: isIsolated)
      return (
        sha256,
        "sha256 \(sha256)" + (manifest.sha256 == nil ? ", not pinned" : "")
          + (signer.map { ", signed by \($0.name) (\($0.key.id))" } ?? "")
          + (entry == nil ? "" : ", as in \(PluginLock.name)") + (isValidated ? ", validated" : "")
      )
    }
    let companions = try step(.elf, &candidate) { () throws(Refusal) in
      let image: ELFImage
      do throws(ELFImage.Fault) {
        image = try ELFImage(file.bytes)
      } catch {
        throw Refusal(.elfMalformed, path, error.description)
      }
      try image.check(symbols: manifest.symbols, path: path)
      if case .functions(let declarations) = manifest.abi {
        try DebugInfo(file.bytes)?.check(declarations, path: path)
      }
      let companions = try Companions(
        of: image,
        at: path,
        manifest: manifest,
        checksOwner: !isBuiltIn
      )
      let brought = companions.bundled.map(\.name).joined(separator: " ")
      let needs = "needs \(image.needed.joined(separator: " "))"
      return (companions, brought.isEmpty ? needs : "\(needs); brings \(brought)")
    }
    return Checked(manifest: manifest, file: file, sha256: sha256, companions: companions)
  }

  private func checkPin(
    _ manifest: Manifest,
    _ sha256: String,
    _ path: String,
    isSigned: Bool
  ) throws(Refusal) {
    guard let pin = manifest.sha256 else {
      // A signature is over the manifest: without a pin it says nothing of the library.
      guard policy.allowsUnpinned, !isSigned else {
        throw Refusal(.unpinned, path, "its manifest has no sha256 (it is \(sha256))")
      }
      log(.warning, manifest.id, "loaded without a pin: \(path) (sha256 \(sha256))")
      return
    }
    guard pin == sha256 else {
      throw Refusal(.hashMismatch, path, "its sha256 is \(sha256), the manifest says \(pin)")
    }
  }

  /// Loads while no other run may sweep the copy away.
  private func loadUnswept(
    _ checked: Checked,
    _ candidate: inout PluginCandidate
  ) throws(Refusal) -> LoadedPlugin {
    guard candidate.origin != .builtIn, let folder = policy.stagingFolder else {
      return try load(checked, &candidate)
    }
    try? Folder.make(folder, mode: 0o700)
    let plugin = try StagingSweep.locking(folder, alone: false) { (_) throws(Refusal) in
      try load(checked, &candidate)
    }
    StagingSweep(folder: folder).run()
    return plugin
  }

  /// Whether a record speaks for code that needs one in this process.
  ///
  /// - Throws: A refusal where it needs one and has none.
  private func isValidated(
    _ manifest: Manifest,
    _ sha256: String,
    _ path: String,
    isIsolated: Bool
  ) throws(Refusal) -> Bool {
    guard manifest.needsValidation, !policy.allowsUnvalidated, !isIsolated else { return false }
    switch ValidationRecords(folder: policy.validationFolder).standing(of: manifest, sha256) {
    case .valid: return true
    case .invalid(let reason):
      throw Refusal(
        .unvalidated,
        path,
        "\(reason), which \(manifest.abiName) in this process needs"
      )
    }
  }

  /// Whether the plugin runs in a process of its own.
  private func isIsolated(_ candidate: PluginCandidate) -> Bool {
    guard policy.workerProgram != nil else { return false }
    return switch policy.isolation {
    case .never: false
    case .everything: true
    case .always: candidate.origin != .builtIn
    case .asListed: candidate.manifest?.isolation == .worker
    }
  }

  private func isolate(
    _ checked: Checked,
    _ candidate: inout PluginCandidate
  ) throws(Refusal) -> IsolatedPlugin {
    let path = checked.file.path
    let manifest = candidate.manifestPath
    let isBuiltIn = candidate.origin == .builtIn
    return try step(.load, &candidate) { () throws(Refusal) in
      guard let program = policy.workerProgram else {
        throw Refusal(.loadFailed, path, "there is no program to run it in a process of its own")
      }
      var launch = IsolatedLaunch(
        program: program,
        manifest: manifest,
        isBuiltIn: isBuiltIn,
        allowsUnpinned: policy.allowsUnpinned,
        keyPaths: policy.keyPaths,
        stagingFolder: policy.stagingFolder,
        deadline: policy.deadline > 0 ? .seconds(policy.deadline) : nil
      )
      if let folder = policy.stagingFolder {
        // It must be there before the process is denied to make it.
        try? Folder.make(folder, mode: 0o700)
        launch.confinement.writable = [folder]
      }
      let plugin = try IsolatedPlugin(
        manifest: checked.manifest,
        sha256: checked.sha256,
        launch: launch,
        path: path,
        log: log
      )
      return (plugin, "in a process of its own")
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
      if policy.isStrict { return (try sealed(checked), "sealed memory") }
      guard let folder = policy.stagingFolder else {
        throw Refusal(.stagingFailed, path, "neither XDG_CACHE_HOME nor HOME is set")
      }
      let copy = try Staging(folder: folder).stage(
        checked.file,
        sha256: checked.sha256,
        with: checked.companions
      )
      return (copy, copy)
    }
    policy.limitTime()
    var shaken = false
    do throws(Refusal) {
      try checked.companions.map(from: FilePath.folder(of: target), for: path)
      let plugin = try LoadedPlugin(
        manifest: checked.manifest,
        file: target,
        path: path,
        sha256: checked.sha256,
        memory: memory,
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
      let isLoad = !shaken && (error.code == .loadFailed || error.code == .libraryClash)
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

  /// A copy in memory that nobody can change any more; its descriptor stays open for the process's life, so that
  /// its number stands for no other library.
  private func sealed(_ checked: Checked) throws(Refusal) -> String {
    let path = checked.file.path
    guard checked.companions.bundled.isEmpty else {
      let names = checked.companions.bundled.map(\.name).joined(separator: ", ")
      throw Refusal(.strictFiles, path, "it brings \(names), which sealed memory has no place for")
    }
    let bytes = checked.file.bytes
    let descriptor = unsafe esp_sealed_copy(FilePath.name(of: path), bytes, bytes.count)
    guard descriptor >= 0 else {
      throw Refusal(.stagingFailed, path, "no sealed memory: \(FileError.words(of: errno))")
    }
    return "/proc/self/fd/\(descriptor)"
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
