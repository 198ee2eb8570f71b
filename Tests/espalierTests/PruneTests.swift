import Foundation
import Graphs
import ModelFormats
import TestSupport
import Testing

struct PruneTests {
  @Test
  func `cuts the least filters, writes what it predicted, and says who did it`() throws {
    let folder = try ScratchFolder()
    let model = try SmallDetector.write(into: folder)
    let target = folder.path("out.onnx")
    let arguments = ["prune", model, "--strategy", "uniform", "--set", "ratio=0.5", "--json"]
    let predicted = try BuiltProgram.espalier(arguments + ["--dry-run"]).object()
    #expect(!FileManager.default.fileExists(atPath: target))
    let result = try BuiltProgram.espalier(arguments + ["-o", target])
    #expect(result.status == 0, "\(result.errors)")
    let object = try result.object()
    // Filters have norms that rise: of four, the first two go.
    let cuts = try #require(object["cuts"] as? [[String: Any]])
    #expect(cuts.map { $0["kept"] as? [Int] } == [[2, 3]])
    let after = try #require(object["after"] as? [String: Any])
    #expect(after["multiplyAdds"] as? Int == 64 * 2 * 27 + 64 * 6 * 2)
    #expect(after["parameters"] as? Int == 2 * 27 + 2 + 6 * 2 + 6)
    let foretold = try #require(predicted["after"] as? [String: Any])
    #expect(foretold["multiplyAdds"] as? Int == after["multiplyAdds"] as? Int)
    #expect(foretold["parameters"] as? Int == after["parameters"] as? Int)

    let small = try ONNX.read(target)
    let whole = SmallDetector.graph()
    #expect(small.constants["w1"] == (try whole.constants["w1"]?.keeping([2, 3], axis: 0)))
    #expect(small.constants["b1"]?.floats == [0.3, 0.4])
    #expect(small.constants["w2"] == (try whole.constants["w2"]?.keeping([2, 3], axis: 1)))
    #expect(small.constants["b2"] == whole.constants["b2"])

    let note = try #require(small.model.metadata["espalier.step.0"])
    let step = try #require(
      try JSONSerialization.jsonObject(with: Data(note.utf8)) as? [String: Any]
    )
    #expect(step["strategy"] as? String == "uniform")
    #expect((step["parameters"] as? [String: Any])?["ratio"] as? Double == 0.5)
    // printf 'w1:2,3\n' | sha256sum
    let digest = try Subprocess.run("/bin/sh", ["-c", "printf 'w1:2,3\\n' | sha256sum"]).text
    #expect(step["kept"] as? String == "sha256:\(digest.prefix(64))")
    let library = BuiltProgram.path("libEspalierFixed.so")
    let hash = try Subprocess.run("/usr/bin/sha256sum", [library]).text
    #expect(step["sha256"] as? String == String(hash.prefix(64)))
  }

  @Test
  func `rounds what is kept up to the alignment`() throws {
    let folder = try ScratchFolder()
    let model = try SmallDetector.write(into: folder)
    let result = try BuiltProgram.espalier([
      "prune", model, "-s", "uniform", "--set", "ratio=0.75", "--align", "2", "--dry-run", "--json",
    ])
    let cuts = try #require(try result.object()["cuts"] as? [[String: Any]])
    #expect(cuts.map { ($0["kept"] as? [Int])?.count } == [2])
  }

  @Test
  func `takes the benchmark's options`() throws {
    let folder = try ScratchFolder()
    let model = try SmallDetector.write(into: folder)
    let result = try BuiltProgram.espalier([
      "prune", model, "--pruned_params", "w1", "--pruned_ratios=0.25", "--dry-run", "--json",
    ])
    #expect(result.status == 0, "\(result.errors)")
    let cuts = try #require(try result.object()["cuts"] as? [[String: Any]])
    #expect(cuts.map { $0["kept"] as? [Int] } == [[1, 2, 3]])
  }

  @Test(arguments: [
    (["-s", "unifrom", "--dry-run"], Int32(4), "did you mean \"uniform\"?"),
    (["-s", "uniform", "--set", "ratoi=0.3", "--dry-run"], 4, "did you mean \"ratio\"?"),
    (["-s", "uniform", "--set", "ratio=2", "--dry-run"], 4, "outside"),
    (["-s", "uniform", "--set", "ratio", "--dry-run"], 2, "not NAME=VALUE"),
    (["-s", "r578", "--dry-run"], 4, "yolo_block.0.0.0.conv.weights"),
    (["-s", "uniform", "--set", "score=org.nobody.x", "--dry-run"], 4, "org.nobody.x"),
    (["-s", "uniform", "-o", "/nowhere/x.onnx"], 6, "/nowhere/x.onnx"),
    (["-s", "uniform", "-o", "/tmp/x.onnx", "--opset", "6"], 2, "from 7 to 22"),
    (["--pruned-params", "w1", "--dry-run"], 2, "'--pruned-ratios' is needed"),
    (["--pruned-params", "w1", "--pruned-ratios", "1.5", "--dry-run"], 2, "from 0 to below 1"),
  ])
  func `refuses what it cannot do, with a code and a cure`(
    arguments: [String],
    code: Int32,
    hint: String
  ) throws {
    let folder = try ScratchFolder()
    let model = try SmallDetector.write(into: folder)
    let result = try BuiltProgram.espalier(["prune", model] + arguments)
    #expect(result.status == code, "\(result.errors)")
    #expect(result.errors.contains(hint), "\(result.errors)")
  }

  @Test
  func `never writes over the model that it reads, by whatever name`() throws {
    let folder = try ScratchFolder()
    let model = try SmallDetector.write(into: folder)
    let link = folder.path("link.onnx")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: model)
    let before = try Data(contentsOf: URL(filePath: model))
    for target in [model, link] {
      let result = try BuiltProgram.espalier(["prune", model, "-s", "uniform", "-o", target])
      #expect(result.status == 2)
    }
    #expect(try Data(contentsOf: URL(filePath: model)) == before)
  }

  @Test(.enabled(if: TestData.isPresent, "\(TestData.reason)"))
  func `predicts what it writes for a real detector`() throws {
    let folder = try ScratchFolder()
    let model = try #require(TestData.path("models/yunet/yunet_n_320_320.onnx"))
    let target = folder.path("small.onnx")
    let result = try BuiltProgram.espalier([
      "prune", model, "-s", "uniform", "--set", "ratio=0.3", "-o", target, "--json",
    ])
    #expect(result.status == 0, "\(result.errors)")
    let after = try #require(try result.object()["after"] as? [String: Any])
    let counted = try #require(
      try BuiltProgram.espalier(["inspect", target, "--json"]).object()["totals"] as? [String: Int]
    )
    #expect(after["parameters"] as? Int == counted["parameters"])
    #expect(after["multiplyAdds"] as? Int == counted["multiplyAdds"])
  }
}
