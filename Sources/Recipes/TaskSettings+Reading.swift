import Detection
package import Evaluation
import Graphs
import PluginKit

extension TaskSettings {
  static func read(_ node: YAMLNode, file: String) throws(RecipeError) -> TaskSettings {
    var section = try RecipeSection(node, name: "'task'", key: "task", file: file)
    let type = try section.require("type")
    guard let kind = type.text.flatMap(TaskKind.init) else {
      let kinds = TaskKind.all.map { "'\($0)'" }
      throw section.wrong("type", type, wanted: "one of \(kinds.joined(separator: ", "))")
    }
    var task = TaskSettings(kind: kind)
    task.classes = try section.int("classes", in: 1...100_000)
    task.options = try section.settings(kind.options)
    try section.finish()
    return task
  }

  /// The settings with options of a command line in place of their own.
  ///
  /// - Parameters:
  ///   - pairs: names and values, as recipes have them.
  ///   - command: how errors name where they come from.
  /// - Returns: the settings.
  /// - Throws: ``RecipeError`` for an option that the task does not have, or a value that does not fit.
  package func setting(
    _ pairs: [(key: String, value: String)],
    by command: String
  ) throws(RecipeError) -> TaskSettings {
    guard !pairs.isEmpty else { return self }
    var changed = self
    var entries: [YAMLNode.Entry] = []
    let mark = YAMLMark(option: command)
    for (key, value) in pairs {
      let node = (try? YAMLReader.read(value)) ?? YAMLNode(.scalar(value, isPlain: false), at: mark)
      entries.removeAll { $0.key == key }
      entries.append(.init(key: key, keyMark: mark, value: node))
    }
    var section = try RecipeSection(
      YAMLNode(.mapping(entries), at: mark),
      name: "the task '\(kind.name)'",
      key: "task",
      file: command
    )
    let given = try section.settings(kind.options)
    try section.finish()
    let names = Set(entries.map(\.key))
    for (name, value) in given.values where names.contains(name) {
      changed.options.values[name] = value
    }
    return changed
  }
}
