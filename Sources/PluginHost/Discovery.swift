import Files
import Glibc

/// Finds manifests in the order of the policy; opens no library.
struct Discovery {
  let policy: PluginPolicy

  /// Every manifest that the policy names or whose folder it searches.
  func candidates() -> [PluginCandidate] {
    var trust = Trust(keyPaths: policy.keyPaths)
    var found: [PluginCandidate] = []
    for path in policy.manifests {
      let absolute = FilePath.absolute(path)
      found.append(
        read(Folder.exists(absolute) ? absolute + "/manifest.json" : absolute, .named, &trust)
      )
    }
    for folder in policy.folders {
      guard folder.path.hasPrefix("/") else {
        found.append(
          PluginCandidate(
            manifestPath: folder.path,
            origin: folder.origin,
            manifest: nil,
            verdict: .refused(
              Refusal(.searchPathRelative, folder.path, "the folder is not absolute")
            )
          )
        )
        continue
      }
      for path in manifests(in: folder) {
        found.append(read(path, folder.origin, &trust, in: folder.path))
      }
    }
    return withShadows(found)
  }

  /// `<name>.manifest.json` in the folder, and `manifest.json` in the folders directly below; only
  /// the former beside the executable.
  private func manifests(in folder: PluginPolicy.Folder) -> [String] {
    var paths: [String] = []
    for name in entries(of: folder.path) {
      if name.hasSuffix(".manifest.json") {
        paths.append(folder.path + "/" + name)
      } else if folder.origin != .builtIn {
        let nested = folder.path + "/" + name + "/manifest.json"
        if unsafe access(nested, F_OK) == 0 { paths.append(nested) }
      }
    }
    return paths
  }

  private func read(
    _ path: String,
    _ origin: PluginPolicy.Origin,
    _ trust: inout Trust,
    in folder: String? = nil
  ) -> PluginCandidate {
    let isBuiltIn = origin == .builtIn
    do throws(Refusal) {
      let file: TrustedFile
      do throws(Refusal) {
        file = try TrustedFile(
          path: path,
          limit: ManifestReader.sizeLimit,
          tooLarge: .manifestTooLarge,
          checksOwner: !isBuiltIn
        )
      } catch  where error.code == .fileMissing {
        throw Refusal(.manifestUnreadable, path, error.detail + hint(beside: path))
      } catch  where error.code == .manifestTooLarge {
        if let found = ForeignFile(path: path) {
          throw Refusal(.manifestIsLibrary, path, "it is \(found.rawValue), not a manifest")
        }
        throw error
      }
      if let found = ForeignFile(file.bytes) {
        throw Refusal(.manifestIsLibrary, path, "it is \(found.rawValue), not a manifest")
      }
      let manifest = try ManifestReader(path: path, isBuiltIn: isBuiltIn).read(file.bytes)
      var candidate = PluginCandidate(
        manifestPath: path,
        origin: origin,
        manifest: manifest,
        verdict: verdict(of: manifest, origin)
      )
      guard case .found = candidate.verdict else { return candidate }
      if isBuiltIn {
        candidate.refuseWithoutLibrary()
      } else {
        do throws(Refusal) {
          candidate.signer = try trust.signer(of: file)
          if let folder, let lock = try trust.lock(of: folder) {
            candidate.lock = try Self.check(manifest, file, signer: candidate.signer, against: lock)
          }
        } catch { candidate.refuse(error, at: .pin) }
      }
      return candidate
    } catch {
      return PluginCandidate(
        manifestPath: path,
        origin: origin,
        manifest: nil,
        verdict: .refused(error)
      )
    }
  }

  /// Where a folder was named without a `manifest.json`: the manifest that it has under another name.
  private func hint(beside path: String) -> String {
    guard FilePath.name(of: path) == "manifest.json" else { return "" }
    let others = entries(of: FilePath.folder(of: path)).filter { $0.hasSuffix(".manifest.json") }
    return others.first.map { "; the folder has \($0): name that" } ?? ""
  }

  private func verdict(
    of manifest: Manifest,
    _ origin: PluginPolicy.Origin
  ) -> PluginCandidate.Verdict {
    for pattern in policy.disabled where unsafe fnmatch(pattern, manifest.id, 0) == 0 {
      return .disabled(pattern: pattern)
    }
    if policy.isSafeMode, origin != .builtIn { return .safeMode }
    return .found
  }

  /// The first of two equal plugin ids wins.
  private func withShadows(_ candidates: [PluginCandidate]) -> [PluginCandidate] {
    var owners: [String: String] = [:]
    return candidates.map { candidate in
      guard case .found = candidate.verdict, let id = candidate.manifest?.id else {
        return candidate
      }
      var candidate = candidate
      if let owner = owners[id] {
        candidate.verdict = .shadowed(by: owner)
      } else {
        owners[id] = candidate.manifestPath
      }
      return candidate
    }
  }

  private func entries(of folder: String) -> [String] {
    ((try? Folder.names(in: folder)) ?? []).filter { !$0.hasPrefix(".") }
  }
}
