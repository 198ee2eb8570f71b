import Architectures
import Graphs
import Operators
import Pruning
import TestNetworks
import Testing

/// Sharing changes nothing: every cut gives what the graph that was really cut gives.
@Suite(.serialized)
struct CutEvaluatorTests {
  @Test(arguments: UInt64(0)..<60)
  func `random networks are judged as if they were cut`(seed: UInt64) throws {
    let model = try JudgedModel(RandomNetwork(seed: seed).graph)
    #expect(!model.cuts.isEmpty)
    let worst = try model.worst()
    #expect(worst.difference <= 1e-5)
    #expect(worst.work.executed <= worst.work.naive)
  }

  @Test(arguments: [
    YOLOv3(backbone: .mobilenetV1(width: 0.25), classes: 3),
    YOLOv3(backbone: .resnet34, classes: 3), YOLOv3(backbone: .resnet50vdDCN, classes: 3),
  ])
  func `our detectors are judged as if they were cut`(model: YOLOv3) throws {
    // Every sixth group: the first layers, the stages' residual sums, the head.
    let graph = try model.graph(size: ImageSize(64), batch: 1)
    let all = try JudgedModel(graph, ratios: [0.5]).pruning.groups.groups.map(\.name)
    let some = all.indices.filter { $0 % 6 == 1 }.map { all[$0] }
    let judged = try JudgedModel(graph, ratios: [0.3, 0.7], images: 1, groups: some)
    #expect(judged.cuts.count >= 8)
    #expect(try judged.worst().difference <= 1e-5)
  }
}
