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

  @Test
  func `a table has each convolution once, and the same command again times none`() throws {
    let folder = try ScratchFolder()
    let model = try SmallDetector.write(into: folder)
    let table = folder.path("table.tsv")
    let arguments = [
      "bench", model, model, "--table", table, "--on", "espalier", "--calls", "3", "--turns", "1",
      "--threads", "1",
    ]
    let first = try BuiltProgram.espalier(arguments + ["--json"])
    #expect(first.status == 0, "\(first.errors)")
    #expect(first.errors.contains("timing 2 of 2: conv,1,0,1,4,8,8,6,1,1,0,1,1"), "\(first.errors)")
    let object = try first.object()
    #expect(object["schema"] as? String == "espalier.latency-table/1")
    #expect(object["measured"] as? Int == 2 && object["rows"] as? Int == 2)
    let written = try String(contentsOfFile: table, encoding: .utf8)
    let lines = written.split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
    #expect(lines.map(\.count) == [3, 2, 2])
    #expect(lines[0][1].hasSuffix(", espalier, 1 thread") && lines[0][2] == "us")
    // By hand: 3×3 from 3 to 4 with ReLU, then 1×1 from 4 to 6.
    #expect(
      lines.dropFirst().map { $0[0] } == [
        "conv,1,1,1,3,8,8,4,1,3,1,1,1", "conv,1,0,1,4,8,8,6,1,1,0,1,1",
      ]
    )
    let sum = try lines.dropFirst().reduce(0) { $0 + (try #require(Double($1[1]))) }
    let models = try #require(object["models"] as? [[String: Any]])
    #expect(models.map { $0["microseconds"] as? Double } == [sum, sum])
    let again = try BuiltProgram.espalier(arguments)
    #expect(again.status == 0, "\(again.errors)")
    #expect(again.text.contains("0 convolutions timed, 2 were there"), "\(again.text)")
    #expect(try String(contentsOfFile: table, encoding: .utf8) == written)
    let other = try BuiltProgram.espalier(arguments.dropLast() + ["2"])
    #expect(other.status == 3, "\(other.errors)")
    #expect(other.errors.contains("\(table):1: the table is of"), "\(other.errors)")
    let fresh = try BuiltProgram.espalier(arguments.dropLast() + ["2", "--fresh"])
    #expect(fresh.status == 0, "\(fresh.errors)")
    #expect(fresh.text.contains("2 convolutions timed, 0 were there"), "\(fresh.text)")
  }

  @Test
  func `says what a table cannot be made of`() throws {
    let folder = try ScratchFolder()
    let model = try SmallDetector.write(into: folder)
    let table = folder.path("table.tsv")
    let broken = try folder.write("op_type\tx\tms\n", to: "broken.tsv")
    let cases: [([String], Int32, String)] = [
      (["--fresh"], 2, "'--table' is needed"),
      (["--table", table, "--seed", "1"], 2, "'--seed' and '--table'"),
      (["--table", table, "--on", "espalier", "--on", "openvino"], 2, "one runtime"),
      (["--table", table, "--on", "onnx"], 2, "espalier, onnxruntime, openvino"),
      (["--table", model, "--on", "espalier"], 2, "another file than is read"),
      (["--table", broken, "--on", "espalier"], 3, "broken.tsv:1: the unit is 'ms'"),
      (["--table", folder.path("no/table.tsv"), "--on", "espalier"], 6, "no/table.tsv"),
      (["--table", table, "--onnxruntime", "libnone.so"], 5, "pip install onnxruntime"),
    ]
    for (arguments, code, hint) in cases {
      let result = try BuiltProgram.espalier(["bench", model, "--calls", "1"] + arguments)
      #expect(result.status == code, "\(arguments): \(result.errors)")
      #expect(result.errors.contains(hint), "\(arguments): \(result.errors)")
    }
  }
}
