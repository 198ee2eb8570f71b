import Evaluation
import PluginHost
import PluginKit
import Recipes
import Search
import Testing
import Training

struct SearchRecipeTests {
  private static let head = """
    model: m.onnx
    task: {type: yolov3}
    data: {format: voc, root: VOC, train: train, val: val}
    steps:
    """

  private func settings(_ search: String) throws -> SearchSettings {
    let recipe = try Recipe.read("\(Self.head)\n  - search: \(search)", file: "r.yml")
    return try #require(recipe.steps.first as? SearchSettings)
  }

  @Test func `every key is read, and what is left is the space's`() throws {
    let read = try settings(
      """
      {space: width, blocks: all, searcher: evolution, population: 5, sample: 2, steps: 90, trials: 30,
       parallel: 3, weights: drawn, images: 40, seed: 9, train: {iterations: 8},
       constraint: {macs: 50%, parameters: 3M, bytes: {at_least: 10k, at_most: 1G}, latency: {on: onnxruntime, at_most: 12.5}},
       halving: {candidates: 4, rungs: 2, factor: 2}, full: {trials: 6, train: {epochs: 3}, weights: inherited}}
      """
    )
    #expect(read.space == "width" && read.parameters.map(\.name) == ["blocks"])
    #expect(read.searcher.name == "evolution")
    #expect(read.options.values == ["population": .int(5), "sample": .int(2)])
    #expect(read.steps == 90 && read.trials == 30 && read.parallel == 3)
    #expect(read.weights == .drawn && read.images == 40 && read.seed == 9)
    #expect(read.train?.length == .iterations(8))
    #expect(
      read.constraints == [
        SearchConstraint(.macs, atMost: .share(0.5)),
        SearchConstraint(.parameters, atMost: .number(3e6)),
        SearchConstraint(.bytes, atMost: .number(1e9), atLeast: .number(1e4)),
        SearchConstraint(.latency, atMost: .number(12.5), source: .runtime("onnxruntime")),
      ]
    )
    #expect(read.halving == SearchSettings.Halving(candidates: 4, rungs: 2, factor: 2))
    #expect(read.full?.trials == 6 && read.full?.train.length == .epochs(3))
  }

  @Test func `without steps a hundred proposals a trial are made, at most`() throws {
    let read = try settings("{space: width, trials: 7}")
    #expect(read.steps == 700 && read.searcher.name == "annealing")
    #expect(read.options.values == ["temperature": .double(10.24), "rate": .double(0.85)])
  }

  @Test(arguments: [
    ("{trials: 3}", "needs the key 'space'"),
    ("{space: width}", "'trials'"),
    ("{space: width, trials: 3, searcher: bayes}", "annealing"),
    ("{space: width, trials: -1}", "a whole number from 0"),
    ("{space: width, trials: 3, constraint: {mac: 3}}", "did you mean 'macs'"),
    ("{space: width, trials: 3, constraint: {macs: much}}", "such as 300M"),
    ("{space: width, trials: 3, constraint: {macs: -3}}", "such as 300M"),
    ("{space: width, trials: 3, constraint: {macs: {at_mots: 3}}}", "at_most"),
    ("{space: width, trials: 3, constraint: {latency: 3}}", "'table'"),
    ("{space: width, trials: 3, constraint: {latency: {at_most: 3}}}", "'table'"),
    ("{space: width, trials: 3, constraint: {latency: {on: tflite, at_most: 3}}}", "onnxruntime"),
    (
      "{space: width, trials: 3, constraint: {latency: {on: openvino, table: t, at_most: 3}}}",
      "table"
    ),
    ("{space: width, trials: 3, constraint: {latency: {table: t}}}", "at_most"),
    ("{space: width, trials: 3, constraint: [macs]}", "a mapping"),
    ("{space: width, trials: 3, halving: {rungs: 2}}", "'train'"),
    ("{space: width, trials: 3, train: {iterations: 9}, halving: {rungs: 1}}", "from 2"),
    ("{space: width, trials: 3, full: {trials: 2}}", "train"),
    ("{space: width, trials: 3, train: {itertions: 9}}", "did you mean 'iterations'"),
  ])
  func `what is wrong is told with its place`(search: String, wanted: String) throws {
    let error = try #require(throws: RecipeError.self) { try settings(search) }
    let text = "\(error)"
    #expect(text.hasPrefix("r.yml:"), "\(text)")
    #expect(text.contains(wanted), "\(text)")
  }

  @Test func `networks are judged on a list, for a task`() throws {
    for (data, wanted) in [
      ("data: {format: voc, root: VOC, train: train}\ntask: {type: yolov3}", "'val'"),
      ("data: {format: voc, root: VOC, val: val}", "'task'"),
    ] {
      let text = "model: m.onnx\n\(data)\nsteps:\n  - search: {space: width, trials: 3}"
      let error = try #require(throws: RecipeError.self) { try Recipe.read(text, file: "r.yml") }
      #expect("\(error)".contains(wanted), "\(error)")
    }
  }
}
