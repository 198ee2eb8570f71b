/// What a plugin says of itself in a file, read before any byte of it runs.
package struct Manifest: Sendable, Hashable {
  /// How the library is called.
  package enum ABI: Sendable, Hashable {
    /// `esp/1`: by the table that `esp_plugin_entry_v1` returns.
    case table(strategies: [StrategyEntry])
    /// `c-function/1`: plain C functions, through libffi.
    case functions([FunctionDeclaration])
  }

  /// A strategy that the table must hold.
  package struct StrategyEntry: Sendable, Hashable {
    package let id: String
    package let interface: PluginInterface
  }

  /// A file that comes with the library, such as another library that it needs.
  package struct BundledFile: Sendable, Hashable {
    /// Its name in the library's folder.
    package let name: String
    /// Lower-case hexadecimal.
    package let sha256: String
  }

  /// Where the code runs.
  package enum Isolation: String, Sendable, Hashable {
    case inProcess = "inproc"
    case worker
  }

  package let id: String
  package let version: String
  package let vendor: String
  package let doc: String
  /// Relative to the manifest's folder.
  package let library: String
  /// Lower-case hexadecimal; `nil` for a plugin without a pin.
  package let sha256: String?
  /// Other files of the plugin beside the library, with their hashes, sorted by name.
  package let files: [BundledFile]
  package let abi: ABI
  /// What it lists with interfaces that this host does not use.
  package let skipped: [SkippedStrategy]
  package let isolation: Isolation
  package let isProcessSerial: Bool

  /// The ids that a recipe can name on this host.
  package var strategyIDs: [String] { interfaces.map(\.id) }

  /// The same as a text.
  package var strategyList: String {
    strategyIDs.isEmpty ? "no strategy for this host" : strategyIDs.joined(separator: ", ")
  }

  /// What each strategy that is used does, in the manifest's order.
  package var interfaces: [StrategyEntry] {
    switch abi {
    case .table(let strategies): return strategies
    case .functions(let functions):
      var seen: Set<String> = []
      return functions.filter { seen.insert($0.id).inserted }.map {
        StrategyEntry(id: $0.id, interface: $0.role.interface)
      }
    }
  }

  /// Whether it lists a strategy, used or skipped.
  func lists(_ id: String) -> Bool {
    strategyIDs.contains(id) || skipped.contains { $0.id == id }
  }

  /// Whether it may run in this process without a record of validation.
  package var needsValidation: Bool {
    if case .functions = abi { true } else { isolation == .worker }
  }
}

extension Manifest {
  /// Reads a manifest.
  ///
  /// - Parameters:
  ///   - bytes: The file's content.
  ///   - path: Where it was read, for the messages.
  ///   - isBuiltIn: Whether ids without a dot are allowed.
  /// - Throws: A refusal of step 1.
  package init(bytes: [UInt8], path: String, isBuiltIn: Bool) throws(Refusal) {
    self = try ManifestReader(path: path, isBuiltIn: isBuiltIn).read(bytes)
  }
}
