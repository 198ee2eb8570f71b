import Files
package import PluginHost

/// `espalier plugin pack`: a manifest with the hashes of its files, signed, as one archive.
package struct Packing: Sendable {
  package let files: PluginFiles
  package let archive: [UInt8]

  /// Packs a plugin where it lies; hashes that its manifest lacks are filled in.
  ///
  /// - Parameters:
  ///   - path: A manifest, or a folder with a `manifest.json`.
  ///   - key: What signs it.
  /// - Throws: ``Refusal``.
  package init(_ path: String, key: SecretKey? = nil) throws(Refusal) {
    let absolute = FilePath.absolute(path)
    let place = Folder.exists(absolute) ? "\(absolute)/manifest.json" : absolute
    let file = try TrustedFile(
      path: place,
      limit: 256 << 10,
      tooLarge: .manifestTooLarge,
      checksOwner: true
    )
    let folder = FilePath.folder(of: place)
    let (text, names) = try Self.completed(file.bytes, at: place, in: folder)
    var members = [PluginArchive.Member(name: "manifest.json", bytes: text)]
    if let key {
      members.append(
        .init(name: "manifest.json" + Signature.ending, bytes: Array(key.sign(text).text.utf8))
      )
    }
    for name in names {
      let file = try TrustedFile(name, in: folder, limit: 1 << 30, checksOwner: true)
      members.append(.init(name: name, bytes: file.bytes))
    }
    files = try PluginFiles(members, source: place)
    archive = try PluginArchive.write(members, path: place)
  }

  /// The manifest with every hash, and the paths of the files that it names.
  private static func completed(
    _ text: [UInt8],
    at path: String,
    in folder: String
  ) throws(Refusal) -> ([UInt8], [String]) {
    let manifest = try Manifest(bytes: text, path: path, isBuiltIn: false)
    let below = FilePath.folder(of: manifest.library)
    let prefix = below == "." ? "" : below + "/"
    let library = try TrustedFile(manifest.library, in: folder, limit: 1 << 30, checksOwner: true)
    var files = Dictionary(manifest.files.map { ($0.name, $0.sha256) }) { first, _ in first }
    let known = files
    try bundle(library, from: "\(folder)/\(prefix)", into: &files)
    let names = [manifest.library] + files.keys.sorted().map { prefix + $0 }
    if manifest.sha256 != nil, files == known { return (text, names) }
    guard let members = (try? JSONReader.read(text))?.members else { return (text, names) }
    var written = members.filter { !["sha256", "files"].contains($0.key) }
    let hash = manifest.sha256 ?? SHA256.hexadecimal(of: library.bytes.span)
    let at = written.firstIndex { $0.key == "library" }.map { $0 + 1 } ?? written.endIndex
    var hashes = [JSONValue.Member("sha256", .string(hash))]
    if !files.isEmpty {
      let list = files.sorted { $0.key < $1.key }.map {
        JSONValue.Member($0.key, .string($0.value))
      }
      hashes.append(JSONValue.Member("files", .object(list)))
    }
    written.insert(contentsOf: hashes, at: at)
    return (Array(JSONValue.object(written).text.utf8), names)
  }

  /// Adds the libraries beside one that it needs, and those that they need.
  private static func bundle(
    _ library: TrustedFile,
    from folder: String,
    into files: inout [String: String]
  ) throws(Refusal) {
    let image: ELFImage
    do throws(ELFImage.Fault) { image = try ELFImage(library.bytes) } catch {
      throw Refusal(.elfMalformed, library.path, "\(error)")
    }
    for name in image.needed
    where files[name] == nil && !name.contains("/") && File.isRegular(folder + name) {
      let file = try TrustedFile(path: folder + name, limit: 1 << 30, checksOwner: true)
      files[name] = SHA256.hexadecimal(of: file.bytes.span)
      try bundle(file, from: folder, into: &files)
    }
  }
}
