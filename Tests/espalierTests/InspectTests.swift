import Foundation
import TestSupport
import Testing

struct InspectTests {
  @Test
  func `counts a network as one does by hand`() throws {
    let folder = try ScratchFolder()
    let model = try SmallDetector.write(into: folder)
    let result = try BuiltProgram.espalier(["inspect", model, "--groups", "--json"])
    #expect(result.status == 0)
    let object = try result.object()
    let totals = try #require(object["totals"] as? [String: Int])
    #expect(totals["multiplyAdds"] == SmallDetector.multiplyAdds)
    #expect(totals["onePixelMultiplyAdds"] == 4 * 27 + 24)
    #expect(totals["parameters"] == SmallDetector.parameters)
    #expect(totals["parameterBytes"] == 4 * SmallDetector.parameters)
    #expect(totals["activationBytes"] == 4 * 64 * (4 + 4 + 6))
    let groups = try #require(object["groups"] as? [[String: Any]])
    #expect(groups.map { $0["name"] as? String } == ["w1"])
    #expect(groups.first?["channels"] as? Int == 4)
    #expect(groups.first?["stride"] as? Int == 1)
    let closed = try #require(object["closedGroups"] as? [[String: Any]])
    #expect(closed.map { $0["name"] as? String } == ["w2"])
    #expect((closed.first?["reason"] as? String)?.contains("boxes/0") == true)
  }

  @Test
  func `prints the same figures as a table`() throws {
    let folder = try ScratchFolder()
    let result = try BuiltProgram.espalier(["inspect", try SmallDetector.write(into: folder)])
    #expect(result.status == 0)
    #expect(result.text.contains("8 448"))
    #expect(result.text.contains("1×6×8×8"))
  }

  @Test(.enabled(if: Python.isPresent, "\(Python.reason)"))
  func `counts our YOLOv3 as a program over onnx does`() throws {
    let folder = try ScratchFolder()
    let path = folder.path("yolo.onnx")
    let written = try BuiltProgram.espalier([
      "zoo", "--write", "yolov3_mobilenet_v1", "--input-size", "416", "-o", path,
    ])
    #expect(written.status == 0, "\(written.errors)")
    let totals = try #require(
      try BuiltProgram.espalier(["inspect", path, "--json"]).object()["totals"] as? [String: Int]
    )
    let counted = try Python.run(
      """
      import onnx, sys, math
      model = onnx.load(sys.argv[1]); onnx.checker.check_model(model, full_check=True)
      graph = onnx.shape_inference.infer_shapes(model).graph
      shapes = {v.name: [d.dim_value for d in v.type.tensor_type.shape.dim]
                for v in [*graph.value_info, *graph.output]}
      weights = {i.name: list(i.dims) for i in graph.initializer}
      macs = sum(math.prod(weights[n.input[1]]) * math.prod(shapes[n.output[0]][2:])
                 for n in graph.node if n.op_type == 'Conv')
      layers = ('Conv', 'BatchNormalization')
      used = {i for n in graph.node if n.op_type in layers for i in n.input if i in weights}
      print(macs, sum(math.prod(weights[i]) for i in used))
      """,
      [path]
    )
    let figures = [totals["multiplyAdds"], totals["parameters"]].compactMap(\.self)
    #expect(figures.map(String.init).joined(separator: " ") + "\n" == counted)
  }

  @Test
  func `says that a fixed size stays as it is`() throws {
    let folder = try ScratchFolder()
    let model = try SmallDetector.write(into: folder)
    let result = try BuiltProgram.espalier(["inspect", model, "--input-size", "16"])
    #expect(result.status == 0)
    #expect(result.errors.contains("'image' is 1x3x8x8"))
  }

  @Test
  func `needs no runtime`() throws {
    let folder = try ScratchFolder()
    let model = try SmallDetector.write(into: folder)
    let nowhere = ["ESPALIER_TORCH": "/nowhere", "ESPALIER_RUNTIME": "/nowhere"]
    #expect(try BuiltProgram.espalier(["inspect", model], environment: nowhere).status == 0)
    let doctor = try BuiltProgram.espalier(["doctor"], environment: nowhere)
    #expect(doctor.status == 5)
    #expect(doctor.text.contains("make setup"))
  }

  @Test
  func `doctor lists what was searched on lines of their own, below a table that a terminal shows`()
    throws
  {
    let nowhere = [
      "ESPALIER_ONNXRUNTIME": "/nowhere/libonnxruntime.so", "ESPALIER_TORCH": "/nowhere",
    ]
    let doctor = try BuiltProgram.espalier(["doctor"], environment: nowhere)
    let lines = doctor.text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.contains("  /nowhere"))
    #expect(lines.contains("torch was looked for in this order:"))
    #expect(lines.allSatisfy { $0.count <= 140 })
    let report = try BuiltProgram.espalier(["doctor", "--json"], environment: nowhere)
    let searched = try JSONSerialization.jsonObject(with: report.output) as? [String: Any]
    let findings = try #require(searched?["findings"] as? [[String: Any]])
    let torch = try #require(findings.first { $0["name"] as? String == "torch" })
    #expect(torch["searched"] as? [String] == ["/nowhere"])
  }
}
