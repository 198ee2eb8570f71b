import Files
import Glibc

extension PluginProject.Kind {
  /// What manifests say of a plugin that was not changed yet.
  fileprivate var doc: String {
    switch self {
    case .pruner: "Cuts filters of small weights."
    case .distill: "The mean of squared differences."
    case .quantizer: "Ranges by the extremes."
    case .space: "Cuts of the run's network."
    }
  }
}

extension PluginProject {
  /// Where the pieces of plugins lie: headers, kit and templates.
  package struct Kit: Sendable, Hashable {
    let templates: String
    /// The folder of headers.
    let headers: String
    /// The Swift package with PluginKit.
    let package: String

    /// Finds the kit of an installation, or of the sources that the program was built from.
    ///
    /// - Parameters:
    ///   - executable: The program's path, links resolved.
    ///   - named: What ESPALIER_SDK names.
    /// - Throws: ``Fault/noTemplates(searched:)``.
    package init(executable: String, named: String? = nil) throws(Fault) {
      var searched: [String] = []
      func kit(_ share: String) -> Kit? {
        let templates = "\(share)/templates"
        searched.append(templates)
        guard Folder.exists(templates) else { return nil }
        return Kit(
          templates: templates,
          headers: "\(share)/../../include/espalier",
          package: "\(share)/swift/espalier"
        )
      }
      if let named {
        guard let found = kit(named) ?? kit("\(named)/share/espalier") else {
          throw .noTemplates(searched: searched)
        }
        self = found
        return
      }
      var folder = FilePath.folder(of: executable)
      if let found = kit("\(folder)/../../share/espalier") {
        self = found
        return
      }
      // Of a checkout: the program lies some folders below it.
      for _ in 0..<5 {
        folder = FilePath.folder(of: folder)
        let templates = "\(folder)/SDK/templates"
        searched.append(templates)
        guard Folder.exists(templates) else { continue }
        self.init(
          templates: templates,
          headers: "\(folder)/Sources/CEspalier/include",
          package: folder
        )
        return
      }
      throw .noTemplates(searched: searched)
    }

    private init(templates: String, headers: String, package: String) {
      self.templates = templates
      self.headers = FilePath.resolved(headers) ?? headers
      self.package = FilePath.resolved(package) ?? package
    }
  }

  /// Writes the project into a folder that is not there yet.
  ///
  /// - Returns: The files, by their paths in the folder.
  /// - Throws: ``Fault``, ``FileError``; nothing is left behind.
  package func write(to folder: String, from kit: Kit) throws -> [String] {
    guard !File.exists(folder) else { throw Fault.exists(folder) }
    let source = "\(kit.templates)/\(template)"
    guard Folder.exists(source) else { throw Fault.noTemplates(searched: [source]) }
    let fresh =
      FilePath.folder(of: folder) + "/.new-" + String(UInt64.random(in: 0 ... .max), radix: 16)
    defer { try? Folder.remove(fresh) }
    try Folder.make(FilePath.folder(of: folder))
    // Whoever may write a plugin's folder may put another plugin there, so the host refuses it.
    let mask = umask(0o022)
    defer { umask(mask) }
    var written: [String] = []
    try copy("\(kit.templates)/\(language.rawValue)", to: fresh, below: "", kit, &written)
    try copy(source, to: fresh, below: "", kit, &written)
    guard unsafe rename(fresh, folder) == 0 else { throw FileError(.rename, folder, code: errno) }
    return written.sorted()
  }

  private func copy(
    _ source: String,
    to target: String,
    below: String,
    _ kit: Kit,
    _ written: inout [String]
  ) throws {
    try Folder.make(target)
    for name in try Folder.names(in: source) {
      let (from, own) = ("\(source)/\(name)", filled(name, kit))
      if Folder.exists(from) {
        try copy(from, to: "\(target)/\(own)", below: "\(below)\(own)/", kit, &written)
        continue
      }
      let file = try NewFile("\(target)/\(own)", mode: own.hasSuffix(".sh") ? 0o777 : 0o666)
      try file.write(Array(filled(try File.text(of: from), kit).utf8))
      try file.commit()
      written.append(below + own)
    }
  }

  /// A template's text with the project's own words in it.
  private func filled(_ text: String, _ kit: Kit) -> String {
    let words = [
      ("@TRY@", trial), ("@NAME@", name), ("@ID@", id), ("@IDENTIFIER@", identifier),
      ("@MODULE@", module), ("@LIBRARY@", library), ("@INTERFACE@", "esp.\(kind.rawValue)/1"),
      ("@DOC@", kind.doc), ("@HEADERS@", kit.headers), ("@KIT@", kit.package),
    ]
    return words.reduce(text) { $0.replacing($1.0, with: $1.1) }
  }

  /// The command that tries it.
  private var trial: String {
    let end = "--plugin build" + (language == .function ? " --allow-unvalidated" : "")
    return switch kind {
    case .pruner where language == .function:
      "espalier prune model.onnx -s uniform --set ratio=0.3 --set score=@ID@ -o small.onnx \(end)"
    case .pruner: "espalier prune model.onnx -s @ID@ -o small.onnx \(end)"
    case .distill:
      "espalier distill student.onnx --teacher teacher.onnx --images DIR -s @ID@ -o better.onnx \(end)"
    case .quantizer: "espalier quantize model.onnx --images DIR -s @ID@ -o small.onnx \(end)"
    case .space: "espalier search recipe.yml \(end)    # with a step `search: {space: @ID@, ...}`"
    }
  }
}
