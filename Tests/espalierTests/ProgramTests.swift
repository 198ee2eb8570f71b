import Foundation
import TestSupport
import Testing

/// The built program, asked as a shell would ask it.
struct ProgramTests {
  @Test
  func `help lists the commands and every command has a page`() throws {
    let overview = try BuiltProgram.espalier(["help"])
    #expect(overview.status == 0)
    for verb in [
      "inspect", "prune", "compress", "run", "bench", "plugin list", "doctor", "zoo", "schema",
    ] {
      #expect(overview.text.contains("  \(verb)"))
      let page = try BuiltProgram.espalier(["help"] + verb.split(separator: " ").map(String.init))
      #expect(page.status == 0)
      #expect(page.text.contains("Usage: espalier \(verb)"))
    }
  }

  @Test
  func `the version is one line`() throws {
    let version = try BuiltProgram.espalier(["--version"])
    #expect(version.status == 0)
    #expect(version.text.wholeMatch(of: /espalier \d+\.\d+\.\d+\n/) != nil)
  }

  @Test(arguments: [
    (["inspct"], "did you mean 'inspect'?"),
    (["plugin", "lst"], "did you mean 'plugin list'?"),
    (["inspect"], "MODEL is missing"),
    (["inspect", "a.onnx", "b.onnx"], "'b.onnx' is one argument too many"),
    (["inspect", "a.onnx", "--jsn"], "did you mean '--json'?"),
    (["inspect", "a.onnx", "--json=1"], "takes no value"),
    (["inspect", "a.onnx", "--input-size"], "needs a value"),
    (["inspect", "a.onnx", "--input-size", "big"], "'--input-size' is 'big'"),
    (["prune", "a.onnx", "-o", "b.onnx"], "'--strategy' is needed"),
    (["prune", "a.onnx", "--strategy", "r578"], "'-o' is needed"),
  ])
  func `a command line that is not understood ends with 2 and a hint`(
    arguments: [String],
    hint: String
  ) throws {
    let result = try BuiltProgram.espalier(arguments)
    #expect(result.status == 2)
    #expect(result.errors.contains(hint), "\(result.errors)")
    #expect(result.text.isEmpty)
  }

  @Test(arguments: [true, false])
  func `a built-in without its library is an unknown strategy`(keepsManifest: Bool) throws {
    let scratch = try ScratchFolder()
    let built = URL(fileURLWithPath: BuiltProgram.path("espalier")).deletingLastPathComponent()
    for name in try FileManager.default.contentsOfDirectory(atPath: built.path)
    where name == "espalier" || name.hasPrefix("libEspalier") || name.hasSuffix(".manifest.json") {
      try FileManager.default.copyItem(
        atPath: built.appendingPathComponent(name).path,
        toPath: scratch.path(name)
      )
    }
    func espalier(_ arguments: String...) throws -> Subprocess {
      try Subprocess.run(scratch.path("espalier"), arguments)
    }
    #expect(try espalier("schema", "--json").text.contains("uniform"))
    try FileManager.default.removeItem(atPath: scratch.path("libEspalierFixed.so"))
    let manifest = scratch.path("EspalierFixed.manifest.json")
    if !keepsManifest { try FileManager.default.removeItem(atPath: manifest) }

    let model = try SmallDetector.write(into: scratch)
    let pruned = try espalier("prune", model, "--strategy", "uniform", "-o", scratch.path("b.onnx"))
    #expect(pruned.status == 4)
    #expect(pruned.errors.contains("the strategy \"uniform\" is not known"), "\(pruned.errors)")
    #expect(pruned.errors.contains(manifest) == keepsManifest, "\(pruned.errors)")
    #expect(!pruned.errors.contains("ESP-P201"))
    let listing = try espalier("plugin", "list", "--why")
    #expect(listing.status == 0)
    #expect(
      listing.text.contains("ESP-P201 \(scratch.path("libEspalierFixed.so"))") == keepsManifest
    )
  }

  @Test
  func `errors are JSON too when JSON is asked for`() throws {
    let result = try BuiltProgram.espalier(["inspect", "/nowhere/a.onnx", "--json"])
    #expect(result.status == 3)
    let object = try #require(
      try JSONSerialization.jsonObject(with: result.output) as? [String: Any]
    )
    #expect(object["schema"] as? String == "espalier.error/1")
    #expect(object["exitCode"] as? Int == 3)
    #expect((object["message"] as? String)?.contains("/nowhere/a.onnx") == true)
  }
}
