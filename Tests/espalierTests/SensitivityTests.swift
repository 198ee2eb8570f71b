import Foundation
import Graphs
import ModelFormats
import TestSupport
import Testing

@Suite(.serialized)
struct SensitivityTests {
  /// Drawn images for the small detector, as an NPY file.
  private func images(_ count: Int, in folder: ScratchFolder) throws -> String {
    let path = folder.path("images.npy")
    let values = (0..<count * 192).map { Float(($0 * 7919) % 257) / 257 }
    let array = Constant(values, shape: [count, 3, 8, 8])
    try Data(try NPY.encode(array)).write(to: URL(filePath: path))
    return path
  }

  private func run(_ arguments: [String]) throws -> Subprocess {
    let result = try BuiltProgram.espalier(["sensitivity"] + arguments)
    #expect(result.status == 0, "\(result.errors)")
    return result
  }

  /// Group, ratio and channels of each point of a result, with its loss.
  private func points(_ path: String) throws -> [(name: String, loss: Double)] {
    let data = try Data(contentsOf: URL(filePath: path))
    let object = try JSONSerialization.jsonObject(with: data) as? [String: Any]
    return try #require(object?["points"] as? [[String: Any]]).map { point in
      let name = ["group", "ratio", "cut"].map { "\(point[$0] ?? "")" }.joined(separator: " ")
      return (name, try #require(point["loss"] as? Double))
    }
  }

  @Test func `racing is labelled approximate everywhere, an exact run is not`() throws {
    let folder = try ScratchFolder()
    let model = try SmallDetector.write(into: folder)
    let images = try images(40, in: folder)
    let common = [model, "--arrays", images, "--loss", "0.001", "--bootstrap", "50"]
    let (picture, file) = (folder.path("s.svg"), folder.path("s.json"))
    let raced = try run(common + ["--racing", "--svg", picture, "-o", file])
    #expect(raced.text.contains("approximate"))
    #expect(raced.text.contains("95 % interval") && raced.text.contains("["))
    #expect(try String(contentsOfFile: picture, encoding: .utf8).contains("approximate"))
    #expect(try String(contentsOfFile: file, encoding: .utf8).contains("\"isApproximate\": true"))
    let exact = try run(common)
    #expect(!exact.text.contains("approximate"))
    let alone = try BuiltProgram.espalier(["sensitivity", model, "--arrays", images, "--racing"])
    #expect(alone.status == 2 && alone.errors.contains("--loss"))
  }

  @Test func `recut points agree, and a small memory gives the same file`() throws {
    let folder = try ScratchFolder()
    let model = try SmallDetector.write(into: folder)
    let images = try images(3, in: folder)
    let result = try run([
      model, "--arrays", images, "--verify", "9", "--json", "-o", folder.path("a.json"),
    ])
    let checks = try #require(try result.object()["checks"] as? [[String: Any]])
    // Four filters at nine ratios, some of which take the same channels.
    #expect(checks.count == 9)
    for check in checks {
      let difference = try #require(check["outputDifference"] as? Double)
      let metric = try #require(check["metric"] as? Double)
      let recut = try #require(check["metricOfCutGraph"] as? Double)
      #expect(difference <= 1e-5)
      #expect(abs(metric - recut) <= 1e-4)
    }
    _ = try run([model, "--arrays", images, "--memory", "1", "-o", folder.path("b.json")])
    #expect(
      try Data(contentsOf: URL(filePath: folder.path("a.json")))
        == Data(contentsOf: URL(filePath: folder.path("b.json")))
    )
  }

  @Test func `runs with different ratios merge into the figures of one run`() throws {
    let folder = try ScratchFolder()
    let model = try SmallDetector.write(into: folder)
    let images = try images(3, in: folder)
    for (name, ratios) in [("a", "0.25"), ("b", "0.5,0.75"), ("whole", "0.25,0.5,0.75")] {
      _ = try run([
        model, "--arrays", images, "--ratios", ratios, "--run", folder.path(name), "-o",
        folder.path("\(name).json"),
      ])
    }
    let merged = folder.path("merged.json")
    _ = try run(["merge", folder.path("a.json"), folder.path("b.json"), "-o", merged])
    _ = try run(["merge", folder.path("a"), folder.path("b"), "-o", folder.path("both")])
    let again = folder.path("again.json")
    let result = try run([
      model, "--arrays", images, "--ratios", "0.25,0.5,0.75", "--run", folder.path("both"), "-o",
      again, "--json",
    ])
    let work = try #require(try result.object()["multiplyAdds"] as? [String: Any])
    #expect(work["executed"] as? Int == 0)
    // A family of cuts adds its channels up in another order than a cut alone: equal but for the last bits.
    let whole = try points(folder.path("whole.json"))
    #expect(whole.count == 3)
    for path in [merged, again] {
      let found = try points(path)
      #expect(found.map(\.name) == whole.map(\.name))
      for (a, b) in zip(found, whole) { #expect(abs(a.loss - b.loss) <= 1e-6) }
    }
  }

  @Test(.enabled(if: Python.isPresent, "\(Python.reason)"))
  func `a pickle goes out to Python and comes back into a recipe's plan`() throws {
    let folder = try ScratchFolder()
    let model = try SmallDetector.write(into: folder)
    let images = try images(3, in: folder)
    let path = folder.path("s.pickle")
    _ = try run([model, "--arrays", images, "--ratios", "0.25,0.5", "--pickle", path])
    let text = try Python.run(
      """
      import pickle, sys
      table = pickle.load(open(sys.argv[1], 'rb'), encoding='bytes')
      print(sorted(table), sorted(table['w1']), 0 < table['w1'][0.25] < table['w1'][0.5])
      pickle.dump({b'w1': {0.30000000000000004: 0.001, 0.5: 0.002, 0.75: 0.5}}, open(sys.argv[1], 'wb'), protocol=0)
      """,
      [path]
    )
    #expect(text == "['w1'] [0.25, 0.5] True\n")
    // A loss of 0.01 lies at 0.5 + (0.01 − 0.002)(0.75 − 0.5)/(0.5 − 0.002) = 0.504: 2 of 4 filters go.
    let pruned = try BuiltProgram.espalier([
      "prune", model, "--strategy", "sensitivity", "--set", "loss=0.01", "--set",
      "sensitivities_file=\(path)", "-o", folder.path("cut.onnx"),
    ])
    #expect(pruned.status == 0, "\(pruned.errors)")
    let shape = try Python.run(
      "import onnx, sys; print([list(i.dims) for i in onnx.load(sys.argv[1]).graph.initializer if i.name == 'w1'])",
      [folder.path("cut.onnx")]
    )
    #expect(shape == "[[2, 3, 3, 3]]\n")
  }
}
