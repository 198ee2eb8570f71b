import Files

/// What a plugin's library needs: the files that come with it, and the system's libraries, each checked as the library is.
struct Companions {
  /// A file beside the library.
  struct Bundled {
    let name: String
    let file: TrustedFile
    let sha256: String
    /// `nil` for a file that is no library.
    let image: ELFImage?
  }

  /// The files that the manifest names.
  let bundled: [Bundled]
  /// Bundled libraries that are needed, each after those that it needs.
  let order: [String]
  /// What is needed of the system, each once.
  let system: [String]

  /// Reads and checks the bundled files, and follows what is needed.
  ///
  /// - Parameters:
  ///   - image: The library.
  ///   - path: Where it lies.
  ///   - manifest: What names the files beside it.
  ///   - checksOwner: Whether owner and mode must be safe.
  /// - Throws: A refusal of steps 2 to 4.
  init(
    of image: ELFImage,
    at path: String,
    manifest: Manifest,
    checksOwner: Bool
  ) throws(Refusal) {
    var bundled: [Bundled] = []
    let folder = FilePath.folder(of: path)
    for entry in manifest.files {
      let file = try TrustedFile(entry.name, in: folder, limit: 1 << 30, checksOwner: checksOwner)
      let sha256 = SHA256.hexadecimal(of: file.bytes.span)
      guard sha256 == entry.sha256 else {
        throw Refusal(
          .hashMismatch,
          file.path,
          "its sha256 is \(sha256), \"files\" of the manifest says \(entry.sha256)"
        )
      }
      let part = try Self.image(file)
      bundled.append(Bundled(name: entry.name, file: file, sha256: sha256, image: part))
    }
    var walk = Walk(bundled: bundled, folder: folder)
    try walk.follow(image, at: path)
    self.bundled = bundled
    order = walk.order
    system = walk.system
  }

  /// A bundled library's image, checked as the plugin's own; `nil` for another kind of file.
  private static func image(_ file: TrustedFile) throws(Refusal) -> ELFImage? {
    guard ForeignFile(file.bytes) == .library else { return nil }
    let image: ELFImage
    do throws(ELFImage.Fault) { image = try ELFImage(file.bytes) } catch {
      throw Refusal(.elfMalformed, file.path, error.description)
    }
    try image.check(symbols: [], path: file.path)
    return image
  }

  /// The libraries that are needed, found depth first.
  private struct Walk {
    let bundled: [Bundled]
    let folder: String
    var order: [String] = []
    var system: [String] = []
    private var seen: Set<String> = []

    init(bundled: [Bundled], folder: String) {
      self.bundled = bundled
      self.folder = folder
    }

    mutating func follow(_ image: ELFImage, at path: String) throws(Refusal) {
      for name in image.needed where seen.insert(name).inserted {
        if SystemLibraries.contain(name) {
          system.append(name)
          continue
        }
        guard let part = bundled.first(where: { $0.name == name }) else {
          let isThere = !name.contains("/") && File.exists("\(folder)/\(name)")
          throw Refusal(
            .elfNeedsUnknown,
            path,
            isThere
              ? "it needs \"\(name)\", which lies beside it but has no hash under \"files\""
              : "it needs \"\(name)\", which is neither the system's nor bundled"
          )
        }
        guard let needed = part.image else {
          throw Refusal(.elfMalformed, part.file.path, "it does not begin as an ELF file")
        }
        // By its name it is found where it is mapped; without, LD_LIBRARY_PATH would be searched for it.
        guard needed.soname == name else {
          throw Refusal(
            .elfNeedsUnknown,
            part.file.path,
            "its soname is \(needed.soname.map { "\"\($0)\"" } ?? "not set"), "
              + "so the loader would look for \"\(name)\" elsewhere; link it with -Wl,-soname,\(name)"
          )
        }
        try follow(needed, at: part.file.path)
        order.append(name)
      }
    }
  }
}
