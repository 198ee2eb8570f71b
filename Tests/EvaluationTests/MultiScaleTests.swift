import Datasets
import Detection
import Evaluation
import Foundation
import Graphs
import Metrics
import ModelFormats
import Models
import Operators
import Tensors
import TestSupport
import Testing

/// WIDER FACE's multi-scale protocol beside a plain numpy program.
struct MultiScaleTests {
  private static let program = TestData.packageRoot.appendingPathComponent(
    "Tests/EvaluationTests/multiscale_reference.py"
  ).path

  private static func python(_ arguments: [String]) throws -> Data {
    let script = "import runpy, sys; runpy.run_path(sys.argv.pop(1), run_name='__main__')"
    let text = try Python.run(script, [program] + arguments)
    return Data(text.utf8)
  }

  private struct Look: Decodable {
    let scale: Double
    let isMirrored: Bool
    let kept: String

    init(from decoder: any Decoder) throws {
      var list = try decoder.unkeyedContainer()
      scale = try list.decode(Double.self)
      isMirrored = try list.decode(Bool.self)
      kept = try list.decode(String.self)
    }
  }

  @Test(.enabled(if: Python.isPresent, Comment(rawValue: Python.reason)))
  func `scales and what is kept of them are those of the protocol, for images of all sizes`()
    throws
  {
    var random = SampleRandom(seed: 5, round: 0, sample: 0, purpose: 0)
    // The last but one has a limit between 0.75 and 1, the last one below.
    var sizes = [
      (1024, 768), (640, 640), (96, 96), (5000, 8000), (1024, 2712), (1500, 1200), (2000, 3000),
    ]
    for _ in 0..<200 {
      sizes.append((16 + random.index(below: 4000), 16 + random.index(below: 3000)))
    }
    let sides = sizes.flatMap { ["\($0.0)", "\($0.1)"] }
    let known = try JSONDecoder().decode([[Look]].self, from: Self.python(["scales"] + sides))
    for (size, looks) in zip(sizes, known) {
      let runs = ScaleRuns(PixelSize(width: size.0, height: size.1)).all
      #expect(runs.count == looks.count, "\(size)")
      for (run, look) in zip(runs, looks) {
        #expect(abs(run.scale - look.scale) < 1e-12, "\(size)")
        #expect(run.isMirrored == look.isMirrored)
        #expect("\(run.kept)" == look.kept, "\(size), \(run.scale)")
      }
    }
  }

  /// Boxes around a few centres with scores in coarse steps, so that many are equal.
  private static func votes(_ count: Int, _ random: inout SampleRandom) -> [BoxVoting.Vote] {
    (0..<count).map { _ in
      let x = Double(random.index(below: 4)) * 60 + random.uniform(0...12)
      let y = Double(random.index(below: 4)) * 60 + random.uniform(0...12)
      let edges = [x, y, x + random.uniform(0...70), y + random.uniform(0...70)]
      return BoxVoting.Vote(edges: edges, score: Double(random.index(below: 200)) / 200)
    }
  }

  @Test(.enabled(if: Python.isPresent, Comment(rawValue: Python.reason)))
  func `voting is numpy's, for no box, one, a lone last one, equal scores and more than are kept`()
    throws
  {
    let folder = try ScratchFolder()
    var random = SampleRandom(seed: 9, round: 0, sample: 0, purpose: 0)
    let box = [10.0, 10, 30, 30]
    var cases: [[BoxVoting.Vote]] = [
      [], [.init(edges: box, score: 0.4)], [.init(edges: box, score: 0.004)],
      [.init(edges: box, score: 0.9), .init(edges: [90, 90, 99, 99], score: 0.8)],
      [.init(edges: box, score: 0.5), .init(edges: box, score: 0.5)],
    ]
    for count in [2, 3, 10, 60, 400] { cases.append(Self.votes(count, &random)) }
    // Pairs far from each other: 900 clusters of two.
    cases.append(
      (0..<900).flatMap { place in
        let edges = [Double(place % 30) * 50, Double(place / 30) * 50]
        let vote = BoxVoting.Vote(
          edges: edges + edges.map { $0 + 20 },
          score: random.uniform(0.1...1)
        )
        return [vote, vote]
      }
    )
    let rows = cases.map { $0.map { $0.edges + [$0.score] } }
    let file = folder.path("votes.json")
    try JSONEncoder().encode(rows).write(to: URL(filePath: file))
    let known = try JSONDecoder().decode([[[Double]]].self, from: Self.python(["vote", file]))
    for (votes, expected) in zip(cases, known) {
      let made = BoxVoting().boxes(of: votes).map { $0.edges + [$0.score] }
      #expect(made.count == expected.count)
      for (ours, theirs) in zip(made, expected) {
        #expect(zip(ours, theirs).allSatisfy { abs($0 - $1) < 1e-9 }, "\(ours) \(theirs)")
      }
    }
    #expect(known[0].isEmpty && known[2].isEmpty && known[1].count == 1 && known[3].count == 1)
    #expect(known.last?.count == 750)
  }

  /// A grouped BlazeFace-NAS with small boxes and few scores that count.
  private static func network() throws -> Model {
    var graph = try Model.built(
      "blazeface_nas",
      classes: 1,
      form: NetworkForm(isGrouped: true),
      seed: 4
    ).graph
    for name in graph.constants.map(\.name) {
      guard let constant = graph.constants[name], let values = constant.floats else { continue }
      let isFace = name.hasPrefix("face_score")
      guard isFace || name.hasPrefix("face_box") else { continue }
      // Background and face in turns.
      let made = values.enumerated().map { place, value in
        name.hasSuffix("bias")
          ? (isFace && place % 2 == 1 ? -13 : 0) : value * (isFace ? 0.25 : 0.1)
      }
      graph.constants[name] = Constant(made, shape: constant.shape)
    }
    let open: [Graphs.Dimension] = [
      .symbolic("n"), .known(3), .symbolic("height"), .symbolic("width"),
    ]
    graph.inputs[0].type.shape = Shape(open)
    for index in graph.outputs.indices { graph.outputs[index].type.shape = nil }
    return try Model.analysed("faces", graph, inputSize: [1, 3, 64, 64])
  }

  @Test(.enabled(if: Python.isPresent, Comment(rawValue: Python.reason)))
  func `images looked at by many scales give the boxes of ONNX Runtime, Pillow and numpy`() throws {
    let folder = try ScratchFolder()
    let model = try Self.network()
    try model.write(to: folder.path("faces.onnx"))
    let scene = SyntheticKind.faces.scene(PixelSize(width: 203, height: 150), 3, 1)
    let path = folder.path("one.jpg")
    try Data(scene.picture.jpeg(quality: 95)).write(to: URL(filePath: path))
    let dataset = Dataset(
      classes: ["face"],
      entries: [Dataset.Entry(path: path, id: "one", size: nil, objects: [])]
    )
    let evaluation = try DetectionEvaluation(
      EvaluationImages(
        dataset,
        size: PixelSize(width: 640, height: 640),
        preparation: ImagePreparation(normalization: .blazeFace)
      ),
      task: SSDFaceTask(),
      metric: .wider,
      isMultiScale: true
    )
    let session = Session(model.graph, operators: model.operators, mode: .fast, memory: 0)
    let run = try EvaluationResult.run(multiScale: evaluation, network: { _ in session })
    let ours = try evaluation.detections(run.records)
    let known = try JSONDecoder().decode(
      [[Double]].self,
      from: Self.python(["find", folder.path("faces.onnx"), path])
    )
    #expect((20..<700).contains(known.count), "\(known.count)")
    #expect(abs(ours.count - known.count) <= 1 + known.count / 50)
    // Rounding may decide which of two boxes suppresses the other; nearly all are the same.
    let same = known.count { row in
      ours.contains { found in
        let edges = [found.box.x, found.box.y, found.box.right - 1, found.box.bottom - 1]
        return zip(edges, row).allSatisfy { abs($0 - $1) < 0.5 } && abs(found.score - row[4]) < 0.01
      }
    }
    #expect(same * 100 >= known.count * 95, "\(same) of \(known.count)")
  }
}
