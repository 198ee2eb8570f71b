import Foundation
import Graphs
import ModelFormats
import TestSupport
import Testing

struct RunTests {
  @Test(.enabled(if: Python.isPresent, "\(Python.reason)"))
  func `gives what ONNX Runtime gives, in files that numpy reads`() throws {
    let folder = try ScratchFolder()
    let model = try SmallDetector.write(into: folder)
    let input = folder.path("image.npy")
    _ = try Python.run(
      "import numpy as np, sys; np.save(sys.argv[1], np.random.default_rng(0)"
        + ".standard_normal((1, 3, 8, 8), dtype=np.float32))",
      [input]
    )
    let result = try BuiltProgram.espalier([
      "run", model, "--input", "image=\(input)", "--outputs", folder.path("out"), "--json",
    ])
    #expect(result.status == 0, "\(result.errors)")
    let difference = try Python.run(
      """
      import numpy as np, onnxruntime, sys
      model, image, ours = sys.argv[1:]
      expected = onnxruntime.InferenceSession(model).run(None, {'image': np.load(image)})[0]
      found = np.load(ours)
      assert found.shape == expected.shape and found.dtype == expected.dtype
      print(np.abs(found - expected).max() <= 1e-4 * max(1, np.abs(expected).max()))
      """,
      [model, input, folder.path("out/boxes%2F0.npy")]
    )
    #expect(difference == "True\n")
  }

  @Test
  func `draws the same inputs for the same seed`() throws {
    let folder = try ScratchFolder()
    let model = try SmallDetector.write(into: folder)
    var files: [Data] = []
    for (index, seed) in ["7", "7", "8"].enumerated() {
      let out = folder.path("out\(index)")
      let result = try BuiltProgram.espalier(["run", model, "--random", seed, "--outputs", out])
      #expect(result.status == 0, "\(result.errors)")
      files.append(try Data(contentsOf: URL(filePath: "\(out)/boxes%2F0.npy")))
    }
    #expect(files[0] == files[1])
    #expect(files[0] != files[2])
  }

  @Test
  func `says what is wrong with inputs`() throws {
    let folder = try ScratchFolder()
    let model = try SmallDetector.write(into: folder)
    func save(_ name: String, _ array: Constant) throws -> String {
      let path = folder.path(name)
      try Data(try NPY.encode(array)).write(to: URL(filePath: path))
      return path
    }
    let small = try save("a.npy", Constant([1, 2, 3], shape: [1, 3, 1, 1]))
    let bytes = try save(
      "b.npy",
      Constant(type: .uint8, shape: [1, 3, 8, 8], bytes: Bytes([UInt8](repeating: 1, count: 192)))
    )
    let cases: [([String], Int32, String)] = [
      ([], 3, "'image' (float32, 1×3×8×8)"),
      (["-i", "image=\(small)"], 3, "the model wants 1×3×8×8"),
      (["-i", "image=\(bytes)"], 3, "holds uint8, the model wants float32"),
      (["-i", "imag=\(small)", "--random", "1"], 3, "did you mean 'image'?"),
      (["-i", "image=/nowhere.npy"], 3, "/nowhere.npy"),
      (["-i", "image=\(model)"], 3, "not an NPY file"),
      (["-i", "image"], 2, "NAME=FILE.npy"),
      (["--random", "1", "--device", "gpu"], 2, "auto, cpu, cuda or cuda:N"),
    ]
    for (arguments, code, hint) in cases {
      let result = try BuiltProgram.espalier(
        ["run", model, "--outputs", folder.path("out")] + arguments
      )
      #expect(result.status == code, "\(result.errors)")
      #expect(result.errors.contains(hint), "\(result.errors)")
    }
  }

  @Test
  func `says how to get the runtime where it is missing`() throws {
    let folder = try ScratchFolder()
    let model = try SmallDetector.write(into: folder)
    let result = try BuiltProgram.espalier(
      ["run", model, "--random", "1", "--outputs", folder.path("out")],
      environment: ["ESPALIER_TORCH": "/nowhere"]
    )
    #expect(result.status == 5)
    #expect(result.errors.contains("make setup"))
  }
}
