import Files
import Packaging

/// `espalier plugin draft`: the manifest of a library of plain C functions.
enum PluginDraft {
  private static let function = Option.value(
    "function",
    "NAME",
    repeats: true,
    "A function to take (default: all that look like a score or a loss)."
  )
  private static let id = Option.value("id", "ID", "The plugin's id (default org.example.NAME).")
  private static let output = Option.value(
    "output",
    short: "-o",
    "FILE",
    "The manifest to write (default: standard output)."
  )

  static let verb = Verb(
    name: "plugin draft",
    summary: "Write the manifest of a library of plain C functions.",
    operands: [.init(name: "LIBRARY", help: "A shared library that was compiled with -g.")],
    options: [function, id, output],
    notes: """
      espalier plugin draft libtaylor.so -o manifest.json

      Types and names are read from the debug information; what they do not decide has an x-todo. None of the library's code runs.
      """
  ) { invocation, console in
    let path = invocation.operands[0]
    let library = try File.contents(of: path, acceptsPipes: false)
    let draft = try ManifestDraft(
      of: library,
      name: FilePath.name(of: path),
      id: invocation.value(id),
      functions: invocation.values(function)
    )
    if let target = invocation.value(output) {
      try File.write(Array(draft.json.text.utf8), to: target)
    } else if !console.wantsJSON {
      console.write(draft.json.text)
    }
    for todo in draft.todos { console.note("to do: \(todo)") }
    if console.wantsJSON {
      let value: JSONValue = [
        "schema": "espalier.plugin-draft/1", "output": JSONValue(invocation.value(output)),
        "manifest": draft.json, "todos": JSONValue(draft.todos),
      ]
      console.write(value.text)
    }
    return .success
  }
}
