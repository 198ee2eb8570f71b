import CGuard
import Files
import Glibc
package import PluginHost

/// A folder of plugins that are installed and removed by id, each held fast in the folder's lock.
package struct Installation: Sendable {
  /// The folder, such as `$XDG_DATA_HOME/espalier/plugins.d`.
  package let folder: String
  private let policy: PluginPolicy

  /// A folder of installed plugins.
  ///
  /// - Parameters:
  ///   - folder: Is made where it is not there.
  ///   - policy: Whose keys are taken.
  package init(folder: String, policy: PluginPolicy) {
    self.folder = folder
    self.policy = policy
  }

  /// Installs a plugin: all checks that run none of its code, then its folder at once, then the lock.
  ///
  /// - Parameters:
  ///   - plugin: What is installed.
  ///   - replaces: Whether another version may give way.
  /// - Returns: What the lock has of it now, and what it had before.
  /// - Throws: ``Refusal``, ``FileError``.
  @discardableResult
  package func add(
    _ plugin: PluginFiles,
    replaces: Bool
  ) throws -> (entry: PluginLock.Entry, before: PluginLock.Entry?) {
    let id = plugin.manifest.id
    let signer = try plugin.signature.map { (signature) throws(Refusal) in
      try Signer(
        signature.value,
        of: plugin.manifestBytes,
        at: plugin.source,
        among: TrustedKeys(paths: policy.keyPaths)
      )
    }
    let old = umask(0o022)
    defer { umask(old) }
    try Folder.make(folder, mode: 0o755)
    return try PluginLock.change(in: folder) { lock in
      let before = lock.entries[id]
      let target = "\(folder)/\(id)"
      guard replaces || before == nil && !File.exists(target) else {
        let version = before.map { " \($0.version)" } ?? ""
        throw Refusal(.alreadyInstalled, plugin.source, "\(target) has \"\(id)\"\(version)")
      }
      if before == nil { try keepStrangers(of: &lock) }
      let fresh = "\(folder)/.new-\(String(UInt64.random(in: 0 ... .max), radix: 16))"
      defer { try? Folder.remove(fresh) }
      try write(plugin, to: fresh)
      try check(fresh, as: plugin.source)
      try put(fresh, at: target)
      let entry = PluginLock.Entry(
        id: id,
        version: plugin.manifest.version,
        manifest: SHA256.hexadecimal(of: plugin.manifestBytes.span),
        files: plugin.hashes,
        installed: time(nil),
        by: Self.user,
        signer: signer?.key.hexadecimal
      )
      lock.entries[id] = entry
      return (entry, before)
    }
  }

  /// Removes a plugin and its entry of the lock.
  ///
  /// - Returns: What the lock had of it.
  /// - Throws: ``Refusal`` where it was not installed here; ``FileError``.
  @discardableResult
  package func remove(_ id: String) throws -> PluginLock.Entry {
    guard Folder.exists(folder) else { throw notInstalled(id, []) }
    return try PluginLock.change(in: folder) { lock in
      guard let entry = lock.entries.removeValue(forKey: id) else {
        throw notInstalled(id, lock.entries.keys.sorted())
      }
      let gone = "\(folder)/.old-\(String(UInt64.random(in: 0 ... .max), radix: 16))"
      // The name goes at once; what cannot be removed any more is nobody's plugin.
      if unsafe rename("\(folder)/\(id)", gone) != 0, errno != ENOENT {
        throw FileError(.remove, "\(folder)/\(id)", code: errno)
      }
      try Folder.remove(gone)
      return entry
    }
  }

  private func notInstalled(_ id: String, _ known: [String]) -> Refusal {
    let list = known.isEmpty ? "none is" : "installed are \(known.joined(separator: ", "))"
    return Refusal(.notInstalled, folder, "\"\(id)\" was not installed here; \(list)")
  }

  /// Takes plugins that lie in a folder before it has a lock into the first one, as they are.
  private func keepStrangers(of lock: inout PluginLock) throws(Refusal) {
    guard lock.entries.isEmpty, !File.exists("\(folder)/\(PluginLock.name)") else { return }
    var policy = PluginPolicy(folders: [.init(path: folder, origin: .user)])
    policy.keyPaths = self.policy.keyPaths
    policy.allowsUnvalidated = true
    for candidate in PluginRegistry(policy: policy).listing() {
      guard case .ready = candidate.verdict,
        let files = try? PluginFiles(path: candidate.manifestPath)
      else { continue }
      lock.entries[files.manifest.id] = PluginLock.Entry(
        id: files.manifest.id,
        version: files.manifest.version,
        manifest: SHA256.hexadecimal(of: files.manifestBytes.span),
        files: files.hashes,
        installed: time(nil),
        by: Self.user,
        signer: candidate.signer?.key.hexadecimal
      )
    }
  }

  private func write(_ plugin: PluginFiles, to fresh: String) throws(FileError) {
    try Folder.make(fresh, mode: 0o755)
    for member in plugin.members {
      let path = "\(fresh)/\(member.name)"
      try Folder.make(FilePath.folder(of: path), mode: 0o755)
      let file = try NewFile(path, mode: plugin.manifest.library == member.name ? 0o755 : 0o644)
      try file.write(member.bytes)
      try file.commit()
    }
  }

  /// Steps 1 to 4 of loading, where it will lie.
  private func check(_ fresh: String, as source: String) throws(Refusal) {
    var policy = PluginPolicy(manifests: [fresh])
    policy.keyPaths = self.policy.keyPaths
    policy.allowsUnvalidated = true
    for candidate in PluginRegistry(policy: policy).listing() {
      guard case .refused(let refusal) = candidate.verdict else { continue }
      throw Refusal(
        refusal.code,
        refusal.path.replacing(fresh, with: source),
        refusal.detail.replacing(fresh, with: source)
      )
    }
  }

  /// Gives a folder its name in one step, whether there is one of that name or not.
  private func put(_ fresh: String, at target: String) throws(FileError) {
    let status =
      unsafe File.exists(target) ? esp_exchange(fresh, target) : rename(fresh, target)
    guard status == 0 else { throw FileError(.rename, target, code: errno) }
    Folder.synchronize(folder)
  }

  private static var user: String {
    unsafe getpwuid(geteuid()).map { unsafe String(cString: $0.pointee.pw_name) } ?? "\(geteuid())"
  }
}
