import Files
import Glibc
import Packaging

/// `espalier plugin new`: a folder that builds a plugin with one command.
enum PluginNew {
  private static let kind = Option.value(
    "kind",
    "KIND",
    "What it is: \(names(PluginProject.Kind.allCases)) (default pruner)."
  )
  private static let language = Option.value(
    "language",
    "LANGUAGE",
    "What it is written in: \(names(PluginProject.Language.allCases)) (default swift)."
  )
  private static let id = Option.value(
    "id",
    "ID",
    "Its id, a domain of yours turned round (default org.example.NAME)."
  )
  private static let output = Option.value(
    "output",
    short: "-o",
    "FOLDER",
    "The folder to make (default ./NAME)."
  )

  static let verb = Verb(
    name: "plugin new",
    summary: "Make a folder with a plugin to begin from.",
    operands: [.init(name: "NAME", help: "Lower-case letters, digits, '-' and '_'.")],
    options: [kind, language, id, output],
    notes: """
      espalier plugin new taylor --kind pruner --language c --id org.example.taylor

      Its README has the next three commands: build it, try it, pack it. ESPALIER_SDK names the folder share/espalier of an
      installation, where the templates are taken from another one than this program's.
      """
  ) { invocation, console in
    let project = try project(of: invocation)
    let folder = FilePath.absolute(invocation.value(output) ?? project.name)
    let kit = try PluginProject.Kit(
      executable: FilePath.resolved("/proc/self/exe") ?? "",
      named: unsafe getenv("ESPALIER_SDK").map { unsafe String(cString: $0) }
    )
    let files = try project.write(to: folder, from: kit)
    if console.wantsJSON {
      let value: JSONValue = [
        "schema": "espalier.plugin-new/1", "folder": .string(folder), "id": .string(project.id),
        "kind": .string(project.kind.rawValue), "language": .string(project.language.rawValue),
        "files": JSONValue(files),
      ]
      console.write(value.text)
    } else {
      console.write(
        "\(folder)\n" + files.map { "  \($0)\n" }.joined()
          + "\nbuild it by: make -C \(folder)\nREADME.md has what comes next\n"
      )
    }
    return .success
  }

  private static func project(of invocation: Invocation) throws -> PluginProject {
    func choice<Value: CaseIterable & RawRepresentable<String>>(
      _ option: Option,
      _ fallback: Value
    ) throws(UsageError) -> Value {
      guard let text = invocation.value(option) else { return fallback }
      guard let value = Value(rawValue: text) else {
        throw .badValue(option.name, text, wanted: "one of \(names(Array(Value.allCases)))")
      }
      return value
    }
    return try PluginProject(
      name: invocation.operands[0],
      kind: choice(kind, .pruner),
      language: choice(language, .swift),
      id: invocation.value(id)
    )
  }

  private static func names(_ values: [some RawRepresentable<String>]) -> String {
    values.map(\.rawValue).joined(separator: ", ")
  }
}
