import Foundation
import Graphs
import ModelFormats
import TestSupport
import Testing

struct RepairTests {
  /// Drawn inputs of the small detector as an array file.
  private func images(_ count: Int, in folder: ScratchFolder) throws -> String {
    var random = SeededNumbers(3)
    let values = (0..<count * 192).map { _ in Float(random.next() >> 40) / Float(1 << 23) - 1 }
    let path = folder.path("images.npy")
    try Data(NPY.encode(Constant(values, shape: [count, 3, 8, 8]))).write(
      to: URL(fileURLWithPath: path)
    )
    return path
  }

  @Test func `prune fits what reads the cut channels, and says by how much it helped`() throws {
    let folder = try ScratchFolder()
    let model = try SmallDetector.write(into: folder)
    let target = folder.path("out.onnx")
    let result = try BuiltProgram.espalier([
      "prune", model, "-s", "uniform", "--set", "ratio=0.5", "--repair",
      images(12, in: folder), "-o", target, "--json",
    ])
    #expect(result.status == 0, "\(result.errors)")
    let repair = try #require(try result.object()["repair"] as? [String: Any])
    #expect(repair["layers"] as? Int == 1)
    #expect(repair["kept"] as? Bool == true)
    let counts = repair["images"] as? [String: Int]
    #expect(counts == ["fitted": 9, "heldBack": 3])
    let outputs = try #require(repair["outputs"] as? [String: Double])
    // The filters are multiples of one, up to their biases: two of them tell nearly all of the other two.
    #expect(outputs["repaired"] ?? 1 < 0.1 * (outputs["cut"] ?? 0))
    let small = try ONNX.read(target)
    #expect(small.constants["w1"]?.shape == [2, 3, 3, 3])
    #expect(
      small.constants["w2"]
        != (try SmallDetector.graph().constants["w2"]?.keeping([2, 3], axis: 1))
    )
    let note = try #require(small.model.metadata["espalier.step.1"])
    #expect(note.contains(#""step":"repair""#))
  }

  @Test func `a recipe repairs over its own images`() throws {
    let folder = try ScratchFolder()
    _ = try SmallDetector.write(into: folder)
    _ = try images(8, in: folder)
    try """
    model: small.onnx
    steps:
      - prune: {strategy: uniform, ratio: 0.5, repair: {calibration: images.npy, images: 4}}
    """.write(toFile: folder.path("r.yml"), atomically: true, encoding: .utf8)
    let result = try BuiltProgram.espalier([
      "compress", folder.path("r.yml"), "--run", folder.path("run"), "--json",
    ])
    #expect(result.status == 0, "\(result.errors)")
    let steps = try #require(try result.object()["steps"] as? [[String: Any]])
    let repair = try #require(steps.first?["repair"] as? [String: Any])
    #expect(repair["images"] as? [String: Int] == ["fitted": 3, "heldBack": 1])
  }

  @Test(arguments: [
    (
      "true",
      "3:52: 'repair' needs the key 'calibration': without it the images of 'data' with 'train' are used, and there are none"
    ),
    ("maybe", "3:52: 'repair' must be true, false or a section, not the text 'maybe'"),
    ("{image: 4}", "3:53: 'repair' has no key 'image'; did you mean 'images'?"),
    ("{images: 1}", "3:61: 'images' is 1, but must be a whole number from 2 to 1000000"),
  ])
  func `a recipe's repair is checked before anything runs`(text: String, message: String) throws {
    let folder = try ScratchFolder()
    _ = try SmallDetector.write(into: folder)
    try """
    model: small.onnx
    steps:
      - prune: {strategy: uniform, ratio: 0.5, repair: \(text)}
    """.write(toFile: folder.path("r.yml"), atomically: true, encoding: .utf8)
    let result = try BuiltProgram.espalier([
      "compress", folder.path("r.yml"), "--run", folder.path("run"), "--dry-run",
    ])
    #expect(result.status == 3)
    #expect(result.errors.contains(message), "\(result.errors)")
  }

  @Test func `images that are not there are named`() throws {
    let folder = try ScratchFolder()
    let model = try SmallDetector.write(into: folder)
    let result = try BuiltProgram.espalier([
      "prune", model, "-s", "uniform", "--repair", folder.path("none"), "-o", folder.path("o.onnx"),
    ])
    #expect(result.status != 0)
    #expect(result.errors.contains(folder.path("none")), "\(result.errors)")
    #expect(!FileManager.default.fileExists(atPath: folder.path("o.onnx")))
  }
}
