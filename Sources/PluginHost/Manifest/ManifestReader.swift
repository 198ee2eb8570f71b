import Files
import PluginKit

/// Reads a manifest's JSON by its schema; every departure is a refusal of step 1.
struct ManifestReader {
  /// The largest manifest, in bytes.
  static let sizeLimit = 256 << 10
  private static let strategyLimit = 1024
  /// The most files beside the library.
  private static let fileLimit = 64

  /// The manifest's path, for the messages.
  let path: String
  /// Whether ids without a dot are allowed.
  let isBuiltIn: Bool

  func read(_ bytes: [UInt8]) throws(Refusal) -> Manifest {
    let json: JSONValue
    do {
      json = try JSONReader.read(bytes)
    } catch {
      if case .duplicateKey = error.problem {
        throw Refusal(.manifestDuplicateKey, path, error.description)
      }
      throw Refusal(.manifestSyntax, path, error.description)
    }
    let root = try JSONObject(json, at: "the manifest", path: path)
    try root.allow([
      "manifest", "id", "version", "vendor", "doc", "library", "sha256", "files", "abi",
      "isolation", "serial", "strategies", "functions",
    ])
    guard try root.integer("manifest") == 1 else {
      throw Refusal(.manifestVersion, path, "\"manifest\" is \(try root.integer("manifest"))")
    }
    let (abi, skipped) = try readABI(root)
    let isolation = try root.optionalString("isolation") ?? defaultIsolation(abi)
    guard let place = Manifest.Isolation(rawValue: isolation) else {
      throw Refusal(
        .manifestField,
        path,
        "\"isolation\" is \"\(isolation)\", not \"inproc\" or \"worker\""
      )
    }
    let library = try libraryPath(root.string("library"))
    let manifest = Manifest(
      id: try identifier(root.string("id")),
      version: try root.string("version"),
      vendor: try root.optionalString("vendor") ?? "",
      doc: try root.optionalString("doc") ?? "",
      library: library,
      sha256: try hash(root.optionalString("sha256"), "sha256"),
      files: try files(root, beside: library),
      abi: abi,
      skipped: skipped,
      isolation: place,
      isProcessSerial: try root.optionalBool("serial") ?? false
    )
    return manifest
  }

  private func defaultIsolation(_ abi: Manifest.ABI) -> String {
    if case .functions = abi { "worker" } else { "inproc" }
  }

  private func readABI(
    _ root: JSONObject
  ) throws(Refusal) -> (Manifest.ABI, skipped: [SkippedStrategy]) {
    let abi = try root.string("abi")
    switch abi {
    case "esp/1":
      guard root["functions"] == nil else {
        throw Refusal(.manifestField, path, "\"functions\" belongs to the ABI c-function/1")
      }
      return try strategies(root.objects("strategies", limit: Self.strategyLimit))
    case "c-function/1":
      guard root["strategies"] == nil else {
        throw Refusal(.manifestField, path, "\"strategies\" belongs to the ABI esp/1")
      }
      return try functions(
        root.objects("functions", limit: Self.strategyLimit),
        pluginID: root.string("id")
      )
    default:
      throw Refusal(.manifestInterface, path, "the ABI \"\(abi)\" is not known")
    }
  }

  private func strategies(
    _ objects: [JSONObject]
  ) throws(Refusal) -> (Manifest.ABI, skipped: [SkippedStrategy]) {
    var listed: [InterfaceChoice.Entry] = []
    for object in objects {
      let interface = try interface(of: object, keys: ["id", "interface"])
      listed.append(.init(id: try identifier(object.string("id")), interface: interface))
    }
    try refuseRepeats(listed.map { "\($0.id) (\($0.interface))" })
    let choice = try choice(listed, .manifestIdentifier)
    let used = listed.filter(choice.uses).compactMap { entry in
      entry.interface.known.map { Manifest.StrategyEntry(id: entry.id, interface: $0) }
    }
    return (.table(strategies: used), choice.skipped)
  }

  private func functions(
    _ objects: [JSONObject],
    pluginID: String
  ) throws(Refusal) -> (Manifest.ABI, skipped: [SkippedStrategy]) {
    let reader = FunctionReader(path: path)
    var listed: [InterfaceChoice.Entry] = []
    for object in objects {
      let interface = try interface(of: object, keys: FunctionReader.keys)
      let id = try identifier(object.optionalString("id") ?? pluginID)
      listed.append(.init(id: id, interface: interface))
    }
    let choice = try choice(listed, .manifestFunction)
    var functions: [FunctionDeclaration] = []
    for (entry, object) in zip(listed, objects) where choice.uses(entry) {
      guard let interface = entry.interface.known else { continue }
      functions.append(try reader.read(object, id: entry.id, interface: interface))
    }
    try refuseRepeats(functions.map { "\($0.id) (\($0.role.rawValue))" })
    try reader.check(functions)
    return (.functions(functions), choice.skipped)
  }

  private func refuseRepeats(_ ids: [String]) throws(Refusal) {
    var seen: Set<String> = []
    for id in ids where !seen.insert(id).inserted {
      throw Refusal(.manifestIdentifier, path, "the strategy \"\(id)\" is listed twice")
    }
  }

  private func choice(
    _ listed: [InterfaceChoice.Entry],
    _ code: Refusal.Code
  ) throws(Refusal) -> InterfaceChoice {
    do throws(InterfaceChoice.Conflict) {
      return try InterfaceChoice(listed) { $0.known != nil }
    } catch {
      let names = error.interfaces.map { "\"\($0)\"" }.joined(separator: " and ")
      throw Refusal(
        code,
        path,
        "\"\(error.id)\" is listed with \(names): one id has one interface, if in several revisions"
      )
    }
  }

  /// An entry's interface; of one that this host does not know nothing else than the id is read.
  private func interface(of object: JSONObject, keys: [String]) throws(Refusal) -> InterfaceID {
    guard let value = object["interface"] else {
      try object.allow(keys)
      throw object.lacks("interface")
    }
    guard case .string(let text) = value, let interface = InterfaceID(text) else {
      throw Refusal(
        .manifestInterface,
        path,
        "\(object.place) has an \"interface\" that is not a dotted name, a slash and a number"
      )
    }
    if interface.known != nil { try object.allow(keys) }
    return interface
  }

  private func identifier(_ id: String) throws(Refusal) -> String {
    let parts = id.split(separator: ".", omittingEmptySubsequences: false)
    let isWellFormed = id.utf8.count <= 128 && parts.allSatisfy { DottedName.isPart($0) }
    guard isWellFormed, isBuiltIn || parts.count > 1 else {
      throw Refusal(.manifestIdentifier, path, "\"\(id)\" cannot be an id here")
    }
    guard isBuiltIn || parts[0] != "espalier" else {
      throw Refusal(.identifierReserved, path, "the id \"\(id)\" is kept for built-in plugins")
    }
    return id
  }

  private func libraryPath(_ library: String) throws(Refusal) -> String {
    let parts = library.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }),
      !library.utf8.contains(0), library.utf8.count <= 1024
    else {
      throw Refusal(.manifestLibraryPath, path, "\"library\" is \"\(library)\"")
    }
    return library
  }

  /// The files that come with the library, each by its name and hash.
  private func files(
    _ root: JSONObject,
    beside library: String
  ) throws(Refusal) -> [Manifest.BundledFile] {
    guard let value = root["files"] else { return [] }
    guard let members = value.members, members.count <= Self.fileLimit else {
      throw Refusal(
        .manifestField,
        path,
        "\"files\" is not an object of at most \(Self.fileLimit) names with hashes"
      )
    }
    var files: [Manifest.BundledFile] = []
    for member in members.sorted(by: { $0.key < $1.key }) {
      let name = member.key
      guard !name.isEmpty, name.utf8.count <= 255, !name.hasPrefix("."), !name.contains("/"),
        !name.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }), name != FilePath.name(of: library)
      else {
        throw Refusal(
          .manifestLibraryPath,
          path,
          "\"files\" has \"\(name)\", which is no name beside the library"
        )
      }
      guard let sha256 = try hash(member.value.string ?? "?", name) else {
        throw Refusal(.manifestField, path, "\"\(name)\" of \"files\" has no hash")
      }
      files.append(Manifest.BundledFile(name: name, sha256: sha256))
    }
    return files
  }

  private func hash(_ text: String?, _ key: String) throws(Refusal) -> String? {
    guard let text, !text.isEmpty else { return nil }
    let isHexadecimal = text.utf8.count == 64 && text.allSatisfy { $0.isASCII && $0.isHexDigit }
    guard isHexadecimal, !text.contains(where: \.isUppercase) else {
      throw Refusal(
        .manifestField,
        path,
        isHexadecimal
          ? "\"\(key)\" has upper-case digits: write \(text.lowercased())"
          : "\"\(key)\" is not 64 lower-case hexadecimal digits, as sha256sum prints them"
      )
    }
    return text
  }
}
