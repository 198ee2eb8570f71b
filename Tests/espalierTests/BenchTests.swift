import Foundation
import TestSupport
import Testing

struct BenchTests {
  @Test
  func `two files are timed in turns, with ratios to the first`() throws {
    let folder = try ScratchFolder()
    let model = try SmallDetector.write(into: folder)
    let copy = folder.path("copy.onnx")
    try FileManager.default.copyItem(atPath: model, toPath: copy)
    let result = try BuiltProgram.espalier([
      "bench", model, copy, "--on", "espalier", "--calls", "6", "--turns", "2", "--threads", "1",
      "--json",
    ])
    #expect(result.status == 0, "\(result.errors)")
    let object = try result.object()
    #expect(object["schema"] as? String == "espalier.bench/1")
    #expect(object["threads"] as? Int == 1)
    let models = try #require(object["models"] as? [[String: Any]])
    let size = try FileManager.default.attributesOfItem(atPath: model)[.size] as? Int
    #expect(models.map { $0["fileBytes"] as? Int } == [size, size])
    #expect(
      models.map { $0["multiplyAdds"] as? Int } == [
        SmallDetector.multiplyAdds, SmallDetector.multiplyAdds,
      ]
    )
    let rows = try #require(object["rows"] as? [[String: Any]])
    #expect(rows.map { $0["model"] as? String } == [model, copy])
    #expect(rows[0]["ratio"] as? Double == 1)
    for row in rows {
      #expect((row["difference"] as? Double).map { $0 < 1e-5 } == true)
      let times = try #require(row["milliseconds"] as? [String: Double])
      let order = ["least", "p50", "p90", "p99"].compactMap { times[$0] }
      #expect(order.count == 4 && order == order.sorted() && order[0] > 0, "\(times)")
    }
  }

  @Test
  func `says what is wrong`() throws {
    let folder = try ScratchFolder()
    let model = try SmallDetector.write(into: folder)
    let cases: [([String], Int32, String)] = [
      (["--on", "onnx"], 2, "espalier, onnxruntime, openvino"),
      (["--precision", "half"], 2, "float32 or own"),
      (["--calls", "0"], 2, "from 1"),
      (["--input", "imag=\(model)"], 3, "not an NPY file"),
      (["--on", "onnxruntime", "--onnxruntime", "/nowhere.so"], 5, "/nowhere.so"),
      (["--on", "openvino", "--openvino", "libnowhere.so"], 5, "pip install openvino"),
    ]
    for (arguments, code, hint) in cases {
      let result = try BuiltProgram.espalier(["bench", model] + arguments)
      #expect(result.status == code, "\(result.errors)")
      #expect(result.errors.contains(hint), "\(result.errors)")
    }
  }

  @Test
  func `runtimes that are not there are left out, and named`() throws {
    let folder = try ScratchFolder()
    let model = try SmallDetector.write(into: folder)
    let result = try BuiltProgram.espalier(
      ["bench", model, "--calls", "1", "--onnxruntime", "libnone.so", "--openvino", "libnone.so"]
    )
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("onnxruntime is left out: ONNX Runtime was not found"))
    #expect(result.errors.contains("openvino is left out: OpenVINO was not found"))
    #expect(result.text.contains("espalier"))
  }
}
