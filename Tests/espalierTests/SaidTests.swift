import Datasets
import Foundation
import Graphs
import ModelFormats
import TestSupport
import Testing

/// What the program says, and what names and files mean to it.
struct SaidTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  /// Two convolutions whose weights have numbers for names, as exporters write them.
  private func numbered() throws -> String {
    var graph = SmallDetector.graph()
    for (old, new) in [("w1", "1178"), ("b1", "1179"), ("w2", "007"), ("b2", "1e3")] {
      graph.constants[new] = graph.constants[old]
      graph.constants[old] = nil
      for index in graph.nodes.indices {
        graph.nodes[index].inputs = graph.nodes[index].inputs.map { $0 == old ? new : $0 }
      }
    }
    graph.nodes[0].name = "1178"
    graph.nodes[2].name = "true"
    let path = folder.path("numbered.onnx")
    try ONNX.write(graph, to: path)
    return path
  }

  @Test(arguments: ["[1178]", "1178", "['1178']", "[1178*]", "[1178, 1178]"])
  func `a list of names takes numbers as they are spelled`(names: String) throws {
    let model = try numbered()
    let result = try BuiltProgram.espalier([
      "prune", model, "-s", "uniform", "--set", "ratio=0.5", "--set", "include=\(names)",
      "--dry-run", "--json",
    ])
    #expect(result.status == 0, "\(result.errors)")
    let cuts = try #require(try result.object()["cuts"] as? [[String: Any]])
    #expect(cuts.count == 1)
    let recipe = try folder.write(
      "model: numbered.onnx\nsteps: [prune: {strategy: uniform, ratio: 0.5, include: \(names)}]\n",
      to: "recipe.yml"
    )
    let compressed = try BuiltProgram.espalier([
      "compress", recipe, "--run", folder.path("run"), "--json",
    ])
    #expect(compressed.status == 0, "\(compressed.errors)")
  }

  @Test(arguments: ["[117]", "[1178.0]", "[01178]", "[1.178e3]"])
  func `another spelling is another name`(names: String) throws {
    let result = try BuiltProgram.espalier([
      "prune", try numbered(), "-s", "uniform", "--set", "ratio=0.5", "--set", "include=\(names)",
      "--dry-run",
    ])
    #expect(result.status == 4)
    let spelled = names.dropFirst().dropLast()
    #expect(result.errors.contains("\"\(spelled)\" in \"include\" matches no channel group"))
  }

  @Test(arguments: ["uniform, ratio: high", "unifrom"])
  func `a place of a recipe is said once`(strategy: String) throws {
    _ = try SmallDetector.write(into: folder)
    let recipe = try folder.write(
      "model: small.onnx\nsteps:\n  - prune: {strategy: \(strategy)}\n",
      to: "recipe.yml"
    )
    let result = try BuiltProgram.espalier(["compress", recipe, "--dry-run"])
    #expect(result.status == 4)
    #expect(result.errors.matches(of: #/\b3:\d+: /#).count == 1, "\(result.errors)")
    #expect(result.errors.contains("recipe.yml:3:"))
  }

  @Test func `the place of a distilling loss is said once`() throws {
    try SyntheticDataset(images: 6, seed: 3, size: PixelSize(width: 64, height: 64))
      .write(to: folder.path("drawn"), threads: 2) { _ in }
    let recipe = try folder.write(
      """
      model: {name: yolov3_mobilenet_v1, width: 0.0625}
      task: {type: yolov3, classes: 4}
      data: {format: voc, root: drawn, train: train, val: val}
      input_size: 64
      steps:
        - distill: {strategy: l3, iterations: 2, batch: 2}
      """,
      to: "recipe.yml"
    )
    let result = try BuiltProgram.espalier(["compress", recipe, "--dry-run"])
    #expect(result.status == 4)
    #expect(result.errors.matches(of: #/\b6:\d+: /#).count == 1, "\(result.errors)")
  }

  @Test func `a model of another program is named with its cure`() throws {
    let path = folder.path("yolo.weights")
    try Data([0, 0, 0, 0, 2, 0, 0, 0, 5, 0, 0, 0] + [UInt8](repeating: 0, count: 20))
      .write(to: URL(filePath: path))
    let result = try BuiltProgram.espalier(["inspect", path])
    #expect(result.status == 3)
    #expect(result.errors.contains("darknet") && result.errors.contains("ONNX"), "\(result.errors)")
    let recipe = try folder.write(
      "model: yolo.weights\nsteps: [prune: {strategy: r578}]\n",
      to: "recipe.yml"
    )
    let compressed = try BuiltProgram.espalier(["compress", recipe, "--dry-run"])
    #expect(compressed.status == 3)
    #expect(compressed.errors.contains("darknet"), "\(compressed.errors)")
  }

  @Test func `a recipe is judged by what its run has written, and refused before`() throws {
    try SyntheticDataset(images: 10, seed: 3, size: PixelSize(width: 64, height: 64))
      .write(to: folder.path("drawn"), threads: 2) { _ in }
    let recipe = try folder.write(
      """
      model: {name: yolov3_mobilenet_v1, width: 0.0625}
      task: {type: yolov3, classes: 4}
      data: {format: voc, root: drawn, train: train, val: val}
      device: cpu
      input_size: 64
      train: {iterations: 2, batch: 2, threads: 1}
      export: {onnx: small.onnx}
      """,
      to: "recipe.yml"
    )
    func evaluate(_ arguments: String...) throws -> Subprocess {
      try BuiltProgram.espalier(["eval"] + arguments + ["--list", "val"], in: folder.url)
    }
    let before = try evaluate(recipe)
    #expect(before.status == 3)
    #expect(before.errors.contains("runs/recipe/small.onnx"), "\(before.errors)")
    #expect(before.errors.contains("espalier compress"), "\(before.errors)")
    let trained = try BuiltProgram.espalier(["train", recipe], in: folder.url)
    #expect(trained.status == 0, "\(trained.errors)")
    let after = try evaluate(recipe, "--json")
    #expect(after.status == 0, "\(after.errors)")
    #expect(after.errors.contains("runs/recipe/small.onnx"), "\(after.errors)")
    #expect(try after.object()["model"] as? String == "runs/recipe/small.onnx")
    // The run's own copy of the recipe stands for the same file.
    let copy = try evaluate("runs/recipe/recipe.yml", "--json")
    #expect(copy.status == 0, "\(copy.errors)")
    #expect(try copy.object()["model"] as? String == "runs/recipe/small.onnx")
    let named = try evaluate(recipe, "--run", "runs/other")
    #expect(named.status == 3 && named.errors.contains("runs/other/small.onnx"))
    let text = try String(contentsOfFile: recipe, encoding: .utf8)
    _ = try folder.write(text + "\nseed: 9\n", to: "recipe.yml")
    #expect(try evaluate(recipe).errors.contains("another text of the recipe"))
  }

  @Test func `a plugin that was named and refused is an error with its code, in JSON too`() throws {
    let model = try SmallDetector.write(into: folder)
    let manifest = try folder.write("// mine\n{}", to: "manifest.json")
    let result = try BuiltProgram.espalier([
      "prune", model, "-s", "uniform", "--set", "score=org.example.mine", "--plugin", manifest,
      "-o", folder.path("out.onnx"), "--json",
    ])
    #expect(result.status == 4)
    let report = try result.object()
    #expect(report["code"] as? String == "ESP-P103")
    #expect(report["path"] as? String == manifest)
    #expect((report["cure"] as? String)?.contains("no comments") == true)
    #expect(result.errors.contains("ESP-P103 \(manifest)"), "\(result.errors)")
    // The listing is there to look into it.
    let listing = try BuiltProgram.espalier(["plugin", "list", "--why", "--plugin", manifest])
    #expect(listing.status == 4 && listing.text.contains("ESP-P103"))
  }

  @Test func `a recipe is read behind a byte order mark`() throws {
    _ = try SmallDetector.write(into: folder)
    let recipe = try folder.write(
      "\u{FEFF}model: small.onnx\nsteps: [prune: {strategy: uniform, ratio: 0.5}]\n",
      to: "recipe.yml"
    )
    let result = try BuiltProgram.espalier(["compress", recipe, "--dry-run"])
    #expect(result.status == 0, "\(result.errors)")
    let wide = folder.path("wide.yml")
    try Data("\u{FEFF}model: small.onnx\n".data(using: .utf16LittleEndian) ?? Data())
      .write(to: URL(filePath: wide))
    let foreign = try BuiltProgram.espalier(["compress", wide, "--dry-run"])
    #expect(foreign.status == 3)
    #expect(foreign.errors.contains("the text is UTF-16; save it as UTF-8"), "\(foreign.errors)")
  }
}
