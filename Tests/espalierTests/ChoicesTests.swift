import Datasets
import Detection
import Foundation
import Graphs
import Metrics
import PluginKit
import TestSupport
import Testing

/// Help, schema, messages and pages name the tasks, formats and metrics that there are.
struct ChoicesTests {
  private static let tasks = TaskKind.all.map(\.name)
  private static let heads = HeadKind.all.map(\.name)
  private static let formats = DataFormat.all.map(\.name)
  private static let metrics = DetectionMetric.all.map(\.name)

  @Test(arguments: [
    (["eval"], alternatives(TaskKind.all.filter(\.needsLabels).map(\.name))),
    (["eval"], alternatives(formats)), (["eval"], alternatives(metrics)),
    (["report"], alternatives(metrics)),
    (["sensitivity"], alternatives(tasks)), (["quantize"], alternatives(tasks)),
    (["distill"], alternatives(tasks)), (["data", "check"], alternatives(formats)),
    (["score", "voc"], alternatives(VOCMode.allCases.map(\.rawValue))),
  ])
  func `help names all of them`(verb: [String], choices: String) throws {
    let page = try BuiltProgram.espalier(["help"] + verb)
    #expect(page.text.contains(choices), "\(choices) is not in: \(page.text)")
  }

  @Test func `help says what each is`() throws {
    let eval = try BuiltProgram.espalier(["help", "eval"]).text
    for kind in TaskKind.all where kind.needsLabels { #expect(eval.contains(kind.doc)) }
    for metric in DetectionMetric.all { #expect(eval.contains(metric.doc)) }
    let check = try BuiltProgram.espalier(["help", "data", "check"]).text
    for format in DataFormat.all { #expect(check.contains(format.doc)) }
  }

  @Test(arguments: [
    ("--task", "yolo", alternatives(TaskKind.all.filter(\.needsLabels).map(\.name))),
    // Without labels there are no boxes to judge.
    ("--task", "match_teacher", alternatives(TaskKind.all.filter(\.needsLabels).map(\.name))),
    ("--metric", "12point", alternatives(metrics)),
    ("--data", "vox:somewhere", alternatives(formats)),
  ])
  func `what is none of them is refused with all of them`(
    option: String,
    value: String,
    choices: String
  ) throws {
    let data = option == "--data" ? [] : ["--data", "voc:nowhere"]
    let result = try BuiltProgram.espalier(["eval", "yolov3_mobilenet_v1", option, value] + data)
    #expect(result.status == 2)
    #expect(result.errors.contains("'\(option)' is '\(value)', not "), "\(result.errors)")
    #expect(result.errors.contains(choices), "\(result.errors)")
  }

  @Test func `the schema of recipes has all of them, with their options`() throws {
    let result = try BuiltProgram.espalier(["schema"])
    let schema = try #require(
      try JSONSerialization.jsonObject(with: result.output) as? [String: Any]
    )
    let properties = try #require(schema["properties"] as? [String: [String: Any]])
    let branches = try #require(properties["task"]?["anyOf"] as? [[String: Any]])
    for (branch, kind) in zip(branches, TaskKind.all) {
      let members = try #require(branch["properties"] as? [String: [String: Any]])
      #expect(members["type"]?["const"] as? String == kind.name)
      #expect(Set(members.keys) == Set(kind.options.map(\.name) + ["type", "classes"]))
    }
    #expect(branches.count == TaskKind.all.count)
    let data = try #require(properties["data"]?["properties"] as? [String: [String: Any]])
    #expect(data["format"]?["enum"] as? [String] == Self.formats)
    #expect(data["metric"]?["enum"] as? [String] == Self.metrics)
  }

  @Test(arguments: [
    ("tasks.md", tasks + metrics), ("tasks.md", heads), ("training.md", tasks + formats + metrics),
    ("data.md", formats),
  ])
  func `the pages name all of them`(page: String, names: [String]) throws {
    let file = TestData.packageRoot.appendingPathComponent("docs/\(page)")
    let text = try String(contentsOf: file, encoding: .utf8)
    for name in names { #expect(text.contains("`\(name)`"), "\(page) lacks `\(name)`") }
  }
}
