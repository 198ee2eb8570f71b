package import Files
import PluginHost

/// A manifest of plain C functions, written from a library's debug information: what it cannot decide is left as `x-todo`.
package struct ManifestDraft: Sendable {
  package let json: JSONValue
  /// What is left to decide, a sentence each.
  package let todos: [String]

  /// Why there is no draft.
  package enum Fault: Error, Sendable, Hashable {
    case noDebugInfo(String)
    case noFunctions(String, exported: [String])
    case unknownFunction(String, nearest: String?)
  }

  /// Drafts a manifest.
  ///
  /// - Parameters:
  ///   - library: The library's bytes.
  ///   - name: Its file name.
  ///   - id: The plugin's id; made from the name where there is none.
  ///   - wanted: The functions to take; all that look like a score or a loss where the list is empty.
  /// - Throws: ``Fault``; ``Refusal`` for what is no library.
  package init(
    of library: [UInt8],
    name: String,
    id: String? = nil,
    functions wanted: [String] = []
  ) throws {
    let exports: Set<String>
    do throws(ELFImage.Fault) { exports = try ELFImage(library).exports } catch {
      throw Refusal(.elfMalformed, name, "\(error)")
    }
    guard let info = DebugInfo(library) else { throw Fault.noDebugInfo(name) }
    let known = info.functions.filter { exports.contains($0.name) }
    for function in wanted where !known.contains(where: { $0.name == function }) {
      throw Fault.unknownFunction(function, nearest: known.map(\.name).sorted().first)
    }
    let drafts = known.filter { wanted.isEmpty || wanted.contains($0.name) }
      .map(FunctionDraft.init).filter { !wanted.isEmpty || $0.isLikely }
    guard !drafts.isEmpty else {
      throw Fault.noFunctions(name, exported: known.map(\.name).sorted())
    }
    let plugin = id ?? Self.id(of: name)
    let isOne =
      drafts.allSatisfy { $0.role.interface == .distill } && drafts.count <= 2 || drafts.count == 1
    json = [
      "manifest": 1, "id": .string(plugin), "version": "1.0.0", "library": .string(name),
      "sha256": .string(SHA256.hexadecimal(of: library.span)), "abi": "c-function/1",
      "functions": .array(
        drafts.map { $0.json(id: isOne ? nil : "\(plugin).\(Self.part($0.name))") }
      ),
    ]
    todos = drafts.flatMap(\.todos)
  }

  /// An id of a library's name: `libmy_scores.so` is `org.example.my_scores`.
  private static func id(of library: String) -> String {
    var stem = FilePath.stem(of: library)
    if stem.hasPrefix("lib") { stem.removeFirst(3) }
    return "org.example.\(part(stem))"
  }

  private static func part(_ name: String) -> String {
    let text = name.lowercased().map {
      $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") ? $0 : "-"
    }
    return text.isEmpty ? "plugin" : String(text)
  }
}

extension ManifestDraft.Fault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noDebugInfo(let name):
      "'\(name)' has no debug information, so its functions' types are not known: compile it with -g, and do not strip it"
    case .noFunctions(let name, let exported):
      exported.isEmpty
        ? "'\(name)' exports no function with debug information: compile it with -g and default visibility"
        : "no function of '\(name)' looks like a score or a loss; name one by --function: it exports "
          + exported.joined(separator: ", ")
    case .unknownFunction(let function, let nearest):
      "no function '\(function)' with debug information is exported"
        + (nearest.map { "; one is '\($0)'" } ?? "")
    }
  }
}
