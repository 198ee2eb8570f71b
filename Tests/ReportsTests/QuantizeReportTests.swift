import Evaluation
import Files
import Graphs
import Models
import PluginHost
import PluginKit
import Quantization
import Reports
import Tensors
import Testing

/// What quantization did to a network of two products whose first weight is whole numbers already.
struct QuantizeReportTests {
  private struct Images: CalibrationImages {
    var count: Int { 3 }
    func inputs(_ index: Int) throws -> [String: Tensor] {
      ["x": try Tensor([0.1, 0.7, -0.33, Float(index)], shape: [2, 2])]
    }
  }

  /// The least and the greatest value, of weights by column.
  private struct Extremes: Quantizer {
    var goal: QuantizationPlan.Goal?

    func plan(for model: any QuantizationContext) throws(PluginError) -> QuantizationPlan {
      QuantizationPlan(goal: goal)
    }

    func ranges(
      of tensor: QuantizedTensor,
      in model: any QuantizationContext
    ) throws(PluginError) -> [QuantizationRange] {
      guard tensor.kind == .weight else {
        let seen = try model.statistics(of: tensor)
        return [QuantizationRange(low: Double(seen.low), high: Double(seen.high))]
      }
      var ranges: [QuantizationRange] = []
      try model.weight(of: tensor).forEachSlice(along: tensor.axis ?? 0) { _, values in
        var peak: Float = 0
        for index in values.indices { peak = max(peak, abs(values[index])) }
        ranges.append(QuantizationRange(magnitude: Double(peak)))
      }
      return ranges
    }
  }

  private func step(_ goal: QuantizationPlan.Goal? = nil) throws -> QuantizeStep {
    var graph = Graph(model: ModelInfo(opsets: ["": 22], irVersion: 10))
    graph.inputs = [ValueInfo("x", .float32, [2, 2])]
    graph.constants["w1"] = Constant([127, 64, -3, 127], shape: [2, 2])
    graph.constants["w2"] = Constant([0.3, 0.7, -0.11, 0.9], shape: [2, 2])
    graph.nodes = [
      Node("MatMul", name: "first", inputs: ["x", "w1"], outputs: ["a"]),
      Node("Relu", name: "r", inputs: ["a"], outputs: ["b"]),
      Node("MatMul", name: "second", inputs: ["b", "w2"], outputs: ["y"]),
    ]
    graph.outputs = [ValueInfo("y", .float32, [2, 2])]
    var settings = QuantizeSettings(strategy: "extremes")
    settings.target = .openVINO
    settings.skip = ["w2"]
    return try QuantizeStep.run(
      Model("net.onnx", graph),
      settings: settings,
      quantizer: Extremes(goal: goal),
      provenance: Provenance(
        strategy: "extremes",
        plugin: "test",
        version: "7",
        sha256: "ff",
        settings: Settings(["b": .int(2), "a": .string("x")])
      ),
      images: Images(),
      surroundings: .init(registry: PluginRegistry(policy: .standard(manifests: [])))
    )
  }

  private func cells(_ text: String, _ start: String) -> [String]? {
    text.split(separator: "\n").first { $0.hasPrefix(start) }?.split(separator: " ")
      .map(String.init)
  }

  @Test func `a weight of whole numbers loses nothing, which is ∞ for people and null in JSON`()
    throws
  {
    let step = try step()
    let report = QuantizeReport(step)
    let row = try #require(cells(report.text, "first "))
    #expect(row[1] == "MatMul" && row[2] == "∞" && row[3] == row[4])
    // The input went from -0.33 to 2.
    #expect(row.suffix(2).first == "-0.329" && row.last == "2.001")
    let layer = try #require(report.json["layers"]?.items?.first)
    #expect(layer["weightDecibels"] == .null && layer["input"]?.string == "x")
    #expect((layer["inputDecibels"]?.number ?? 0) > 30)
    #expect(layer["ownDecibels"] == layer["inputDecibels"])
  }

  @Test func `layers that stay float are told with the reason`() throws {
    let report = QuantizeReport(try step())
    let row = try #require(cells(report.text, "second "))
    #expect(row[1] == "MatMul" && row.count > 2)
    let float = try #require(report.json["floatLayers"]?.items)
    #expect(float.map { $0["name"]?.string } == ["second"])
    #expect(report.json["layers"]?.items?.count == 1)
    #expect(report.text.contains("\n1 layers and 1 scales of activations, from 3 images\n"))
  }

  @Test func `the head names strategy, settings by name, and target`() throws {
    let report = QuantizeReport(try step())
    #expect(report.text.hasPrefix("net.onnx: extremes of test 7 (a=x, b=2) for openvino\n"))
    #expect(report.json["schema"]?.string == "espalier.quantize/1")
    #expect(report.json["provenance"]?["parameters"] == ["a": "x", "b": 2])
    #expect(report.json["images"] == ["calibrated": 3, "compared": 3])
    #expect(report.json["choice"] == .null && report.json["mixedPrecision"] == .null)
    #expect(report.json["training"] == .null)
  }

  @Test func `files count where both are known, and one that was written is named`() throws {
    let step = try step()
    let written = QuantizeReport(
      step,
      files: StepFiles(bytesBefore: 4000, output: "o.onnx", bytesAfter: 1000)
    )
    #expect(
      cells(written.text, "file bytes") == ["file", "bytes", "4", "000", "1", "000", "-75.0", "%"]
    )
    #expect(written.text.hasSuffix("\nwritten to o.onnx, read back and counted\n"))
    #expect(written.json["fileBytes"] == ["before": 4000, "after": 1000])
    let none = QuantizeReport(step, files: StepFiles(bytesBefore: 4000))
    #expect(!none.text.contains("file bytes"))
    #expect(none.text.hasSuffix("\nno file was written by this step\n"))
    #expect(none.json["output"] == .null && none.json["fileBytes"]?["after"] == .null)
  }

  @Test func `a goal that was reached at once has one trial`() throws {
    let report = QuantizeReport(try step(.init(leastDecibels: 1)))
    let search = try #require(report.json["mixedPrecision"])
    #expect(search["reference"] == .null && search["most"]?.whole == 0)
    #expect(search["layers"] == [])
    let trial = try #require(search["trials"]?.items?.first)
    #expect(trial["count"]?.whole == 0 && trial["isEnough"] == .bool(true))
    let reached = try #require(report.json["outputs"]?.items?.first?["decibels"]?.number)
    #expect(trial["decibels"]?.number == reached)
    #expect(report.text.contains("0 float: ") && report.text.contains(" dB (enough)\n"))
    #expect(!report.text.contains("left float for that"))
  }
}
