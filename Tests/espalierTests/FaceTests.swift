import Foundation
import ModelFormats
import TestSupport
import Testing

/// Faces from drawing to figures, on the command line.
struct FaceTests {
  @Test func `drawn faces are judged at one scale and at many, and the boxes written score alike`()
    throws
  {
    let folder = try ScratchFolder()
    let root = folder.path("faces")
    let drawn = try BuiltProgram.espalier([
      "data", "synth", root, "--kind", "faces", "--images", "5", "--size", "64x48", "--json",
    ])
    #expect(drawn.status == 0, "\(drawn.errors)")
    let object = try drawn.object()
    #expect(object["train"] as? Int == 4 && object["val"] as? Int == 1)
    #expect(object["kind"] as? String == "faces" && object["test"] == nil)
    let checked = try BuiltProgram.espalier(["data", "check", root])
    #expect(checked.status == 0, "\(checked.text)")
    let model = folder.path("faces.onnx")
    let zoo = try BuiltProgram.espalier([
      "zoo", "--write", "blazeface_nas", "--grouped", "--input-size", "64", "-o", model,
    ])
    #expect(zoo.status == 0 && zoo.text.contains("41 412 parameters"), "\(zoo.text)\(zoo.errors)")
    for options in [[], ["--multiscale"]] {
      let found = folder.path("found\(options.count)")
      let run = try BuiltProgram.espalier(
        ["eval", model, "--task", "ssd_face", "--data", "wider:\(root)", "--list", "val", "--json"]
          + ["--submission", found] + options
      )
      #expect(run.status == 0, "\(run.errors)")
      let sizes = try #require(try run.object()["sizes"] as? [[String: Any]])
      #expect(sizes.first?["inputSize"] as? String == (options.isEmpty ? "64" : "multi-scale"))
      let score = try BuiltProgram.espalier([
        "score", "wider", "--truth", "\(root)/wider_face_split/wider_face_val_bbx_gt.txt",
        "--detections", found,
      ])
      #expect(score.status == 0, "\(score.errors)")
    }
  }

  @Test func `what does not fit the many scales is a usage error that says so`() throws {
    let folder = try ScratchFolder()
    let root = folder.path("drawn")
    _ = try BuiltProgram.espalier(["data", "synth", root, "--images", "5", "--size", "64x64"])
    let eval = ["eval", "blazeface_nas", "--task", "ssd_face", "--data", "voc:\(root)"]
    for (options, hint) in [
      (["--multiscale", "--sizes", "64"], "cannot stand together"),
      (["--multiscale", "--batch", "2"], "cannot stand together"),
      (["--submission", folder.path("found")], "--data wider:ROOT"),
    ] {
      let run = try BuiltProgram.espalier(eval + options)
      #expect(run.status == 2)
      #expect(run.errors.contains(hint), "\(run.errors)")
    }
    for (options, hint) in [
      (["--kind", "cats"], "shapes or faces"), (["--format", "wider"], "voc for shapes"),
    ] {
      let run = try BuiltProgram.espalier(["data", "synth", folder.path("a")] + options)
      #expect(run.status == 2)
      #expect(run.errors.contains(hint), "\(run.errors)")
    }
  }

  @Test func `the recipes for faces are understood`() throws {
    let folder = TestData.packageRoot.appendingPathComponent("Examples/recipes/faces")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
      $0.hasSuffix(".yml")
    }
    #expect(files.count == 11)
    for file in files {
      let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
        .split(separator: "\n").filter { !$0.hasPrefix("pretrained: ") }.joined(separator: "\n")
      let scratch = try ScratchFolder()
      try Data(text.utf8).write(to: URL(filePath: scratch.path(file)))
      // The table that the search's constraint names.
      _ = try scratch.write(
        "op_type\tdevice\tus\nconv,0,0,1,3,640,640,12,1,3,1,2,1\t5\n",
        to: "latency.txt"
      )
      let result = try BuiltProgram.espalier(["compress", scratch.path(file), "--dry-run"])
      #expect(result.status == 0, "\(file): \(result.errors)")
    }
  }
}
