import Datasets
import Foundation
import Graphs
import ModelFormats
import TestSupport
import Testing

/// The small detector with a batch that a Reshape fixes, and with labels beside its maps.
@Suite(.serialized)
struct FixedBatchCommandTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func detector(batch: Int, isStated: Bool = true, labels: Bool = false) throws -> String {
    var graph = SmallDetector.graph()
    let first: Graphs.Dimension = isStated ? .known(batch) : .symbolic("n")
    graph.inputs[0].type.shape = Shape([first, .known(3), .known(8), .known(8)])
    graph.nodes[2].outputs = ["flat"]
    graph.nodes.append(
      Node("Reshape", name: "fold", inputs: ["flat", "s"], outputs: [SmallDetector.output])
    )
    graph.constants["s"] = Constant([batch, 6, -1])
    graph.outputs[0].type.shape = nil
    if labels {
      graph.nodes.append(
        Node(
          "ArgMax",
          name: "argmax",
          inputs: [SmallDetector.output],
          outputs: ["labels"],
          attributes: ["axis": .int(1)]
        )
      )
      graph.outputs.append(ValueInfo("labels", .int64, nil))
    }
    let path = folder.path("fixed-\(batch)-\(isStated)-\(labels).onnx")
    try ONNX.write(graph, to: path)
    return path
  }

  private func arrays(_ count: Int) throws -> String {
    let path = folder.path("images-\(count).npy")
    let values = (0..<count * 192).map { Float(($0 * 7919) % 257) / 257 }
    try Data(try NPY.encode(Constant(values, shape: [count, 3, 8, 8])))
      .write(to: URL(filePath: path))
    return path
  }

  private func pictures() throws -> String {
    let drawing = SyntheticDataset(images: 5, seed: 3, size: PixelSize(width: 8, height: 8))
    try drawing.write(to: folder.path("drawn"), threads: 1) { _ in }
    return folder.path("drawn")
  }

  private func losses(_ model: String) throws -> [Double] {
    let result = try BuiltProgram.espalier([
      "sensitivity", model, "--arrays", arrays(5), "--ratios", "0.25,0.5", "--bootstrap", "0",
      "--verify", "1", "--json",
    ])
    #expect(result.status == 0, "\(result.errors)")
    let object = try #require(try result.object()["result"] as? [String: Any])
    return try #require(object["points"] as? [[String: Any]]).compactMap { $0["loss"] as? Double }
  }

  @Test
  func `five images have the same sensitivities whatever batch a file fixes`() throws {
    let wanted = try losses(detector(batch: 1))
    #expect(wanted.count == 2)
    for model in [
      try detector(batch: 2), try detector(batch: 3), try detector(batch: 2, isStated: false),
    ] {
      let found = try losses(model)
      #expect(found.count == wanted.count)
      for (a, b) in zip(found, wanted) { #expect(abs(a - b) <= 1e-6, "\(model)") }
    }
  }

  @Test
  func `whole numbers are left out and named, and a network of nothing else is refused`() throws {
    let result = try BuiltProgram.espalier([
      "sensitivity", detector(batch: 1, labels: true), "--arrays", arrays(2), "--ratios", "0.5",
      "-o", folder.path("s.json"),
    ])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.text.contains("Outputs left out: 'labels' (it holds int64)"))
    let file = try String(contentsOfFile: folder.path("s.json"), encoding: .utf8)
    #expect(file.contains("\"output\": \"labels\""))
    var alone = try ONNX.read(detector(batch: 1, labels: true))
    alone.outputs.removeFirst()
    let path = folder.path("alone.onnx")
    try ONNX.write(alone, to: path)
    let refused = try BuiltProgram.espalier(["sensitivity", path, "--arrays", arrays(2)])
    #expect(refused.status == 3)
    #expect(refused.errors.contains("no output of floats") && refused.errors.contains("'labels'"))
  }

  @Test(arguments: [(1, 1), (1, 2), (2, 1)], [false, true])
  func `a recipe distills, evaluates and reports whatever batches student and teacher fix`(
    batches: (Int, Int),
    labels: Bool
  ) throws {
    let (student, teacher) = (
      try detector(batch: batches.0, labels: labels),
      try detector(batch: batches.1, isStated: false, labels: labels)
    )
    let data = try pictures()
    let recipe = try folder.write(
      """
      model: \(student)
      task: {type: match_teacher}
      data: {format: images, root: \(data), train: ., val: ., normalize: unit}
      device: cpu
      steps:
        - distill: {teacher: \(teacher), iterations: 2, batch: 4, evaluate_every: 1, teacher_cache: \(folder.path("cache"))}
      """,
      to: "recipe.yml"
    )
    let run = folder.path("run-\(batches)-\(labels)")
    let result = try BuiltProgram.espalier(["compress", recipe, "--run", run, "--json"])
    #expect(result.status == 0, "\(result.errors)")
    let step = try #require((try result.object()["steps"] as? [[String: Any]])?.first)
    let left = try #require(step["leftOut"] as? [[String: Any]])
    #expect(left.map { $0["output"] as? String } == (labels ? ["labels"] : []))
    #expect((step["metric"] as? Double).map { $0 > 0.9 } == true)
  }

  @Test
  func `a dry run refuses a batch that cannot be, with its place in the recipe`() throws {
    let model = try detector(batch: 2)
    let recipe = try folder.write(
      """
      model: \(model)
      task: {type: match_teacher}
      data: {format: images, root: \(try pictures()), train: .}
      device: cpu
      steps:
        - distill: {iterations: 2, batch: 3}
      """,
      to: "recipe.yml"
    )
    let result = try BuiltProgram.espalier(["compress", recipe, "--dry-run"])
    #expect(result.status == 3, "\(result.errors)")
    for part in ["recipe.yml:6", model, "2 images", "Reshape 'fold'", "batch: 2 or 4"] {
      #expect(result.errors.contains(part), "\(result.errors)")
    }
  }

  @Test(arguments: [1, 2])
  func `training with rounded values keeps the batch that a file fixes`(batch: Int) throws {
    let data = try pictures()
    let recipe = try folder.write(
      """
      model: \(try detector(batch: batch))
      task: {type: match_teacher}
      data: {format: images, root: \(data), train: ., normalize: unit}
      device: cpu
      steps:
        - quantize: {strategy: aware, images: 4, train: {iterations: 2, batch: 4}}
      export: {onnx: small.onnx}
      """,
      to: "aware.yml"
    )
    let run = folder.path("aware-\(batch)")
    let result = try BuiltProgram.espalier(["compress", recipe, "--run", run, "--json"])
    #expect(result.status == 0, "\(result.errors)")
    let made = try ONNX.read("\(run)/small.onnx")
    #expect(made.inputs[0].type.shape?.dimensions.first == .known(batch))
    #expect(made.nodes.contains { $0.op == "QuantizeLinear" })
    let executed = try BuiltProgram.espalier([
      "run", "\(run)/small.onnx", "--random", "0", "-o", folder.path("out"),
    ])
    #expect(executed.status == 0, "\(executed.errors)")
  }

  @Test
  func `calibration sees the images that it is given, in a batch of two as in one of one`() throws {
    for images in [try arrays(5), try pictures()] {
      var scales: [[Double]] = []
      for batch in [1, 2] {
        let result = try BuiltProgram.espalier([
          "quantize", detector(batch: batch), "--images", images, "--set", "algorithm=avg", "-o",
          folder.path("q.onnx"), "--json",
        ])
        #expect(result.status == 0, "\(result.errors)")
        let object = try result.object()
        #expect((object["images"] as? [String: Any])?["calibrated"] as? Int == 5)
        let activations = try #require(object["activations"] as? [[String: Any]])
        scales.append(activations.compactMap { $0["scale"] as? Double })
      }
      #expect(scales[0] == scales[1] && !scales[0].isEmpty)
    }
  }
}
