import Foundation
import TestSupport
import Testing

/// Searches as users begin, interrupt and read them.
@Suite(.serialized)
struct SearchCommandTests {
  private let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
    let drawn = try BuiltProgram.espalier([
      "data", "synth", folder.path("VOC"), "--images", "24", "--size", "64x64",
    ])
    #expect(drawn.status == 0, "\(drawn.errors)")
  }

  /// A recipe over narrower versions of a small detector.
  private func recipe(
    _ search: String,
    then: String = "",
    to name: String = "r.yml"
  ) throws -> String {
    try folder.write(
      """
      model: {name: yolov3_mobilenet_v1, width: 0.0625}
      task: {type: yolov3, classes: 4}
      data: {format: voc, root: VOC, train: train, val: val}
      input_size: 64
      steps:
        - search: {space: width, blocks: stage, trials: 5, parallel: 2, \(search)}
      \(then)
      """,
      to: name
    )
  }

  private static let train =
    "train: {iterations: 4, batch: 2, learning_rate: 0.001, clip: 100, threads: 1, checkpoint_every: 2}"

  private func search(_ arguments: String...) throws -> Subprocess {
    try BuiltProgram.espalier(["search"] + arguments)
  }

  private func bytes(_ path: String) throws -> Data {
    try Data(contentsOf: folder.url.appending(path: path))
  }

  @Test func `the network found is trained on and quantized, and the trials are told`() throws {
    let recipe = try recipe(
      "searcher: random, constraint: {macs: 90%, parameters: {at_least: 1k}}, \(Self.train)",
      then: """
          - train: {iterations: 2, batch: 2, learning_rate: 0.001, clip: 100}
          - quantize: {strategy: post, images: 2}
        """
    )
    let run = folder.path("run")
    let result = try search(recipe, "--run", run, "--json")
    #expect(result.status == 0, "\(result.errors)")
    let steps = try #require(try result.object()["steps"] as? [[String: Any]])
    #expect(steps.count == 3)
    let report = steps[0]
    #expect(report["schema"] as? String == "espalier.search/1")
    let trials = try #require(report["trials"] as? [[String: Any]])
    #expect(trials.count { $0["state"] as? String == "rewarded" } == 5)
    // The start is the whole network, which the constraint rules out.
    #expect(trials.first?["state"] as? String == "infeasible")
    let cost = try #require(report["cost"] as? [String: [String: Int]])
    let limit = 0.9 * Double(try #require(cost["multiplyAdds"]?["before"]))
    for trial in trials where trial["reward"] is Double {
      let figures = try #require(trial["figures"] as? [String: Any])
      #expect(try Double(#require(figures["macs"] as? Int)) <= limit)
    }
    let best = try search(run, "--best", "--json").object()["best"] as? [String: Any]
    #expect(best?["number"] as? Int == (report["best"] as? [String: Any])?["number"] as? Int)
    let front = try search(run, "--pareto")
    #expect(front.status == 0 && front.text.contains("MACs"), "\(front.errors)")
    #expect(result.errors.contains("trial 5 of 5"))
  }

  @Test func `two workers and one process come to the same network`() throws {
    let recipe = try recipe("searcher: evolution, population: 2, sample: 2, \(Self.train)")
    let alone = try search(recipe, "--run", folder.path("alone"))
    #expect(alone.status == 0, "\(alone.errors)")
    let both = try search(recipe, "--run", folder.path("both"), "--executor", "local:2")
    #expect(both.status == 0, "\(both.errors)")
    #expect(try bytes("alone/model.onnx") == bytes("both/model.onnx"))
    // A unit by hand says what the run has of it.
    let units = folder.url.appending(path: "both/search/step-1/units")
    let unit = try #require(FileManager.default.contentsOfDirectory(atPath: units.path).min())
    let result = try BuiltProgram.espalier(["unit", units.appending(path: unit).path])
    #expect(result.status == 0, "\(result.errors)")
    #expect("\(try result.object()["unit"] as? String ?? "").json" == unit)
    var text = try String(contentsOf: units.appending(path: unit), encoding: .utf8)
    text.replace("\"rung\":0", with: "\"rung\":1")
    let changed = try folder.write(text, to: "changed.json")
    let refused = try BuiltProgram.espalier(["unit", changed])
    #expect(refused.status == 3 && refused.errors.contains("is no unit of work"))
  }

  @Test(arguments: [[], ["--executor", "local:2"]])
  func `a search that is killed goes on to the same end`(executor: [String]) throws {
    let recipe = try recipe("searcher: annealing, temperature: 0.1, \(Self.train)")
    let whole = try search(recipe, "--run", folder.path("whole"))
    #expect(whole.status == 0, "\(whole.errors)")
    let run = folder.path("run")
    let arguments = try KilledRuns.kill("search", recipe, run: run, after: 0.3...2, seed: 3)
    let result = try BuiltProgram.espalier(arguments + executor)
    #expect(result.status == 0, "\(result.errors)")
    #expect(try bytes("run/model.onnx") == bytes("whole/model.onnx"))
  }

  @Test(.enabled("no C compiler") { FileManager.default.isExecutableFile(atPath: "/usr/bin/cc") })
  func `a space in C is searched by its name, and swapped for a built-in one`() throws {
    let built = try Subprocess.run(
      "/bin/sh",
      ["Examples/c-space/build.sh", ".", folder.path("plugin")],
      in: TestData.packageRoot
    )
    #expect(built.status == 0, "\(built.errors)")
    let drawn = try BuiltProgram.espalier([
      "data", "synth", folder.path("faces"), "--kind", "faces", "--images", "20", "--size", "64x64",
    ])
    #expect(drawn.status == 0, "\(drawn.errors)")
    for (space, width) in [("org.example.plain-face", ""), ("blazeface", "")] {
      let recipe = try folder.write(
        """
        model: blazeface_nas
        task: {type: ssd_face}
        data: {format: wider, root: faces, train: train, val: val}
        input_size: 64
        steps:
          - search: {space: \(space), searcher: random, trials: 2, \(Self.train)\(width)}
        """,
        to: "faces.yml"
      )
      let result = try search(
        recipe,
        "--run",
        folder.path(space),
        "--plugin",
        folder.path("plugin/manifest.json"),
        "--json"
      )
      #expect(result.status == 0, "\(result.errors)")
      let steps = try result.object()["steps"] as? [[String: Any]]
      let provenance = steps?.first?["space"] as? [String: Any]
      #expect(provenance?["strategy"] as? String == space)
    }
  }

  /// A table of the whole network's layers lacks those of narrower ones.
  @Test func `latency limits a search, by a table that names what it lacks, or measured`() throws {
    let model = folder.path("m.onnx")
    let written = try BuiltProgram.espalier([
      "zoo", "--write", "blazeface_nas", "--input-size", "64", "-o", model,
    ])
    #expect(written.status == 0, "\(written.errors)")
    let table = folder.path("table.txt")
    let timed = try BuiltProgram.espalier(["bench", model, "--table", table, "--on", "espalier"])
    #expect(timed.status == 0, "\(timed.errors)")
    let drawn = try BuiltProgram.espalier([
      "data", "synth", folder.path("faces"), "--kind", "faces", "--images", "20", "--size", "64x64",
    ])
    #expect(drawn.status == 0, "\(drawn.errors)")
    func trials(_ latency: String, _ run: String) throws -> [[String: Any]] {
      let recipe = try folder.write(
        """
        model: m.onnx
        task: {type: ssd_face}
        data: {format: wider, root: faces, train: train, val: val}
        steps:
          - search: {space: blazeface, searcher: random, steps: 3, constraint: {latency: {\(latency)}}}
        """,
        to: "latency.yml"
      )
      let result = try search(recipe, "--run", folder.path(run), "--json")
      #expect(result.status == 0, "\(result.errors)")
      let steps = try result.object()["steps"] as? [[String: Any]]
      return try #require(steps?.first?["trials"] as? [[String: Any]])
    }
    let tabled = try trials("table: table.txt, at_most: 100%", "tabled")
    #expect(tabled.map { $0["state"] as? String } == ["rewarded", "infeasible", "infeasible"])
    let reason = try #require(tabled[1]["reason"] as? String)
    #expect(reason.contains("the latency table says nothing of") && reason.contains("conv,"))
    let measured = try trials("on: espalier, at_most: 100000", "measured")
    for trial in measured {
      let figures = try #require(trial["figures"] as? [String: Any])
      #expect(try #require(figures["latency"] as? Double) > 0)
      #expect(trial["state"] as? String == "rewarded")
    }
  }

  @Test func `what cannot be searched is refused, and nothing is lost`() throws {
    let plain = try recipe("searcher: random, \(Self.train)")
    let run = folder.path("run")
    #expect(try search(plain, "--run", run).status == 0)
    let model = try bytes("run/model.onnx")
    let again = try search(plain, "--run", run)
    #expect(again.status == 3 && again.errors.contains("--resume"), "\(again.errors)")
    #expect(try bytes("run/model.onnx") == model)

    // Another searcher in the run's own recipe.
    let own = folder.path("run/recipe.yml")
    let text = try String(contentsOfFile: own, encoding: .utf8)
    try text.replacing("searcher: random", with: "searcher: annealing")
      .write(toFile: own, atomically: true, encoding: .utf8)
    let other = try search("--resume", run)
    #expect(
      other.status == 3 && other.errors.contains("its searcher was random"),
      "\(other.errors)"
    )
    // More trials are no other search.
    try text.replacing("trials: 5", with: "trials: 7")
      .write(toFile: own, atomically: true, encoding: .utf8)
    let more = try search("--resume", run, "--json")
    let steps = try more.object()["steps"] as? [[String: Any]]
    #expect(more.status == 0 && (steps?.first?["trials"] as? [Any])?.count == 7, "\(more.errors)")

    let nothing = try recipe("searcher: random, constraint: {macs: 1}, steps: 6", to: "n.yml")
    let empty = try search(nothing, "--run", folder.path("empty"))
    #expect(empty.status == 3)
    #expect(empty.errors.contains("of 6 proposed 6 are infeasible"), "\(empty.errors)")
    let unknown = try folder.write(
      String(contentsOfFile: plain, encoding: .utf8).replacing(
        "space: width",
        with: "space: widht"
      ),
      to: "u.yml"
    )
    let typo = try search(unknown, "--run", folder.path("typo"))
    #expect(typo.status == 4 && typo.errors.contains("width"), "\(typo.errors)")
    let kind = try search(plain, "--run", folder.path("kind"), "--executor", "slurm")
    #expect(kind.status == 2 && kind.errors.contains("local:N"))
    let missing = try search(folder.path("nowhere"), "--best")
    #expect(missing.status == 3 && missing.errors.contains("is no run folder"))
  }
}

extension String {
  fileprivate func write(toFile path: String, atomically: Bool, encoding: Encoding) throws {
    try write(to: URL(filePath: path), atomically: atomically, encoding: encoding)
  }
}
