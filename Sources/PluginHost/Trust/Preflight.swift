import Glibc
import Graphs

extension ELFImage {
  /// Step 4: what the library is, before it is mapped.
  ///
  /// - Parameters:
  ///   - symbols: What the manifest's ABI needs the library to export.
  ///   - path: For the messages.
  /// - Throws: A refusal of step 4.
  package func check(symbols: [String], path: String) throws(Refusal) {
    guard machine == Self.hostMachine else {
      throw Refusal(
        .elfMachine,
        path,
        "it is built for ELF machine \(machine), this is \(Self.hostMachine)"
      )
    }
    for symbol in symbols where !exports.contains(symbol) {
      let hint = nearest(to: symbol, in: exports.sorted()).map { "; it exports \"\($0)\"" } ?? ""
      throw Refusal(.elfSymbolMissing, path, "it does not export \"\(symbol)\"\(hint)")
    }
    for library in needed
    where library.hasPrefix("libtorch") || library.hasPrefix("libc10") || library.contains("/") {
      throw Refusal(.elfNeeds, path, "it needs \"\(library)\"")
    }
    if let filter = filters.first {
      throw Refusal(.elfFilter, path, "it has the loader take \"\(filter)\" for a part of it")
    }
    if hasTextRelocations {
      throw Refusal(.elfTextRelocation, path, "it has text relocations, which need writable code")
    }
    if hasExecutableStack {
      throw Refusal(.elfExecutableStack, path, "it asks for an executable stack")
    }
    for entry in runPaths.flatMap({ $0.split(separator: ":", omittingEmptySubsequences: false) }) {
      guard
        entry == "$ORIGIN" || entry == "${ORIGIN}" || entry.hasPrefix("$ORIGIN/")
          || entry.hasPrefix("${ORIGIN}/")
      else {
        throw Refusal(.elfRunPath, path, "its run path \"\(entry)\" is not below $ORIGIN")
      }
      if entry.split(separator: "/").contains("..") {
        throw Refusal(.elfRunPath, path, "its run path \"\(entry)\" leaves its folder")
      }
    }
  }
}
