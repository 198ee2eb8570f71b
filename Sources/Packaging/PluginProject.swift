/// What `espalier plugin new` makes a project of.
package struct PluginProject: Sendable, Hashable {
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    case pruner, distill, quantizer, space
  }

  package enum Language: String, Sendable, Hashable, CaseIterable {
    case swift, c, cpp, rust
    case function = "c-function"
  }

  package let kind: Kind
  package let language: Language
  /// The plugin's and its strategy's id.
  package let id: String
  /// What folder, library and module are named after.
  package let name: String

  /// A project of a name such as `taylor`, or with words joined by `-`.
  ///
  /// - Throws: ``Fault`` for a name or id that cannot be one, or a combination that there is not.
  package init(
    name: String,
    kind: Kind,
    language: Language,
    id: String? = nil
  ) throws(Fault) {
    guard Self.isName(name) else { throw .name(name) }
    guard language != .function || kind == .pruner || kind == .distill else {
      throw .noFunction(kind)
    }
    let own = id ?? "org.example.\(name)"
    let parts = own.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count > 1, parts[0] != "espalier", own.utf8.count <= 128,
      parts.allSatisfy(Self.isPart)
    else { throw .id(own) }
    self.name = name
    self.kind = kind
    self.language = language
    self.id = own
  }

  /// Why there is no such project.
  package enum Fault: Error, Sendable, Hashable {
    case name(String)
    case id(String)
    case noFunction(Kind)
    /// No templates were found, in any of these places.
    case noTemplates(searched: [String])
    case exists(String)
  }

  /// The folder of its templates.
  var template: String { "\(kind.rawValue)-\(language.rawValue)" }

  /// The name as identifiers of C and Rust have it.
  var identifier: String { name.replacing("-", with: "_") }

  /// The name as Swift's types and modules have it.
  var module: String {
    name.split(whereSeparator: { $0 == "-" || $0 == "_" }).map {
      $0.prefix(1).uppercased() + $0.dropFirst()
    }
    .joined()
  }

  /// The library's file name.
  var library: String { language == .swift ? "lib\(module).so" : "lib\(identifier).so" }

  private static func isName(_ name: String) -> Bool {
    guard let first = name.first, first.isASCII, first.isLowercase else { return false }
    return name.utf8.count <= 64 && isPart(name[...]) && name.last != "-" && name.last != "_"
  }

  private static func isPart(_ part: Substring) -> Bool {
    !part.isEmpty
      && part.allSatisfy {
        $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-" || $0 == "_")
      }
  }
}

extension PluginProject.Fault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .name(let name):
      "'\(name)' cannot name a plugin: use lower-case letters, digits, '-' and '_', a letter first"
    case .id(let id):
      "'\(id)' cannot be an id: use reverse DNS in lower case, such as org.example.taylor"
    case .noFunction(let kind):
      "a plain C function cannot be a \(kind.rawValue), only a pruner's score or a loss (--kind pruner, --kind distill); "
        + "--language c makes a \(kind.rawValue) with the header"
    case .noTemplates(let searched):
      "the templates of plugins are not there; searched: \(searched.joined(separator: ", ")); "
        + "`make install` puts them there, or ESPALIER_SDK names the folder share/espalier of an installation"
    case .exists(let path): "'\(path)' is there already: name another folder by -o"
    }
  }
}
