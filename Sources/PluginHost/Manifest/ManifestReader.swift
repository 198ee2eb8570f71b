import Files
import PluginKit

/// Reads a manifest's JSON by its schema; every departure is a refusal of step 1.
struct ManifestReader {
  /// The largest manifest, in bytes.
  static let sizeLimit = 256 << 10
  private static let strategyLimit = 1024

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
      "manifest", "id", "version", "vendor", "doc", "library", "sha256", "abi", "isolation",
      "serial", "strategies", "functions",
    ])
    guard try root.integer("manifest") == 1 else {
      throw Refusal(.manifestVersion, path, "\"manifest\" is \(try root.integer("manifest"))")
    }
    let abi = try readABI(root)
    let isolation = try root.optionalString("isolation") ?? defaultIsolation(abi)
    guard let place = Manifest.Isolation(rawValue: isolation) else {
      throw Refusal(
        .manifestField,
        path,
        "\"isolation\" is \"\(isolation)\", not \"inproc\" or \"worker\""
      )
    }
    let manifest = Manifest(
      id: try identifier(root.string("id")),
      version: try root.string("version"),
      vendor: try root.optionalString("vendor") ?? "",
      doc: try root.optionalString("doc") ?? "",
      library: try libraryPath(root.string("library")),
      sha256: try hash(root),
      abi: abi,
      isolation: place,
      isProcessSerial: try root.optionalBool("serial") ?? false
    )
    return manifest
  }

  private func defaultIsolation(_ abi: Manifest.ABI) -> String {
    if case .functions = abi { "worker" } else { "inproc" }
  }

  private func readABI(_ root: JSONObject) throws(Refusal) -> Manifest.ABI {
    let abi = try root.string("abi")
    switch abi {
    case "esp/1":
      guard root["functions"] == nil else {
        throw Refusal(.manifestField, path, "\"functions\" belongs to the ABI c-function/1")
      }
      var entries: [Manifest.StrategyEntry] = []
      for object in try root.objects("strategies", limit: Self.strategyLimit) {
        try object.allow(["id", "interface"])
        entries.append(
          Manifest.StrategyEntry(
            id: try identifier(object.string("id")),
            interface: try interface(object.string("interface"))
          )
        )
      }
      try refuseRepeats(entries.map(\.id))
      return .table(strategies: entries)
    case "c-function/1":
      guard root["strategies"] == nil else {
        throw Refusal(.manifestField, path, "\"strategies\" belongs to the ABI esp/1")
      }
      let reader = FunctionReader(path: path, identifier: identifier)
      var functions: [FunctionDeclaration] = []
      for object in try root.objects("functions", limit: Self.strategyLimit) {
        functions.append(
          try reader.read(
            object,
            interface: try interface(object.string("interface")),
            pluginID: try root.string("id")
          )
        )
      }
      try refuseRepeats(functions.map { "\($0.id) (\($0.role.rawValue))" })
      try reader.check(functions)
      return .functions(functions)
    default:
      throw Refusal(.manifestInterface, path, "the ABI \"\(abi)\" is not known")
    }
  }

  private func refuseRepeats(_ ids: [String]) throws(Refusal) {
    var seen: Set<String> = []
    for id in ids where !seen.insert(id).inserted {
      throw Refusal(.manifestIdentifier, path, "the strategy \"\(id)\" is listed twice")
    }
  }

  private func interface(_ name: String) throws(Refusal) -> PluginInterface {
    guard let interface = PluginInterface(rawValue: name) else {
      throw Refusal(.manifestInterface, path, "the interface \"\(name)\" is not known")
    }
    return interface
  }

  private func identifier(_ id: String) throws(Refusal) -> String {
    let parts = id.split(separator: ".", omittingEmptySubsequences: false)
    let isWellFormed =
      id.utf8.count <= 128
      && parts.allSatisfy { part in
        !part.isEmpty
          && part.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
              || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
          }
      }
    guard isWellFormed, isBuiltIn || parts.count > 1 else {
      throw Refusal(.manifestIdentifier, path, "\"\(id)\" cannot be an id here")
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

  private func hash(_ root: JSONObject) throws(Refusal) -> String? {
    guard let text = try root.optionalString("sha256"), !text.isEmpty else { return nil }
    let isHexadecimal = text.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x61...0x66).contains($0)
    }
    guard text.utf8.count == 64, isHexadecimal else {
      throw Refusal(.manifestField, path, "\"sha256\" is not 64 lower-case hexadecimal digits")
    }
    return text
  }
}
