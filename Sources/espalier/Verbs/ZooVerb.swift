import Files
import Models
import Operators
import PluginHost
import Pruning
import Reports

/// `espalier zoo`: the networks that we build, and the benchmark's pruning table computed from them.
enum ZooVerb {
  private static let check = Option.flag(
    "check",
    "Cut each network of the benchmark's pruning table and compare the figures."
  )
  private static let list = Option.flag("list", "List the networks (the default).")
  private static let write = Option.value("write", "NAME", "Write a network as ONNX to -o.")
  private static let output = Option.value("output", short: "-o", "FILE", "The file to write.")
  private static let classes = Option.value("classes", "N", "Classes to detect (default 80, COCO).")
  private static let grouped = Option.flag(
    "grouped",
    "Make the second 5x5 convolution of BlazeFace's double blocks depthwise."
  )
  private static let seed = Option.value("seed", "N", "Seed of the weights drawn (default 0).")

  static let verb = Verb(
    name: "zoo",
    summary: "List, write and check the networks that are built in.",
    options: [check, list, write, output, classes, grouped, seed, .inputSize],
    notes: """
      espalier zoo --write yolov3_mobilenet_v1 --classes 20 --input-size 416 -o detector.onnx
      --check ends with 1 where a figure is not the benchmark's.
      """
  ) { invocation, console in
    if invocation.has(check) { return try check(invocation, console) }
    if let name = invocation.value(write) { return try write(name, invocation, console) }
    if console.wantsJSON {
      console.write(JSONValue(Zoo.names).text)
    } else {
      console.write(Zoo.names.joined(separator: "\n") + "\n")
    }
    return .success
  }

  private static func check(
    _ invocation: Invocation,
    _ console: Console
  ) throws -> ExitCode {
    let registry = try invocation.usableRegistry(console)
    defer { registry.shutDown() }
    let rows = try ZooCheck.rows { strategy, pruning in
      console.progress("cutting by \(strategy)")
      let model = try Model("zoo", pruning.graph)
      let context = StrategyContext(model, pruning: pruning)
      return try registry.pruner(named: strategy).plan(for: context)
    }
    console.endProgress()
    let report = ZooReport(rows)
    console.write(console.wantsJSON ? report.json.text : report.text)
    return report.agrees ? .success : .checkFailed
  }

  private static func write(
    _ name: String,
    _ invocation: Invocation,
    _ console: Console
  ) throws -> ExitCode {
    guard let path = invocation.value(output) else {
      throw UsageError.needs("-o", because: "it names the file to write")
    }
    let model = try Model.built(
      name,
      classes: try invocation.int(classes, in: 1...100_000) ?? 80,
      form: NetworkForm(isGrouped: invocation.has(grouped)),
      inputSize: try invocation.inputSize(),
      seed: UInt64(try invocation.int(seed, in: 0...Int.max) ?? 0)
    )
    try model.write(to: path)
    let bytes = FileFacts.size(of: path) ?? 0
    if console.wantsJSON {
      let result: JSONValue = [
        "schema": "espalier.zoo/1", "network": .string(name), "output": .string(path),
        "fileBytes": .int(bytes), "parameters": .int(model.cost.parameters),
      ]
      console.write(result.text)
    } else {
      console.write(
        "\(path): \(name), \(Figures.grouped(model.cost.parameters)) parameters, "
          + "\(Figures.bytes(bytes))\n"
      )
    }
    return .success
  }
}
