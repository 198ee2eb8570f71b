import Detection
import Evaluation
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
}
