import Datasets
import Detection
import Tensors
import TestSupport
import Testing

struct DETRLossTests {
  private let size = PixelSize(width: 64, height: 64)

  /// A head that finds nothing: losses do not ask it.
  private struct NoHead: Head {
    var classes: Int? { nil }

    func rows(_ outputs: HeadOutputs, _ input: PixelSize) throws -> [HeadRows] { [] }
  }

  private func task(
    _ loss: DETROptions.Loss,
    _ change: (inout DETROptions) -> Void = { _ in }
  ) throws -> DETRTask {
    var options = DETROptions()
    options.loss = loss
    change(&options)
    return DETRTask(
      DetectorTask("none", NoHead()),
      try DETROutputs(interface([("logits", [1, 7, 3]), ("pred_boxes", [1, 7, 4])]), classes: 3),
      options: options
    )
  }

  private func interface(_ outputs: [(String, [Int?])]) -> NetworkInterface {
    NetworkInterface(
      inputs: [.init("pixel_values", [1, 3, 64, 64])],
      outputs: outputs.map { .init($0.0, $0.1) },
      tails: ["ranked": [.ranking]]
    )
  }

  @Test(
    .enabled(if: Python.isPresent, Comment(rawValue: Python.reason)),
    arguments: DETROptions.Loss.allCases,
    [1, 2, 3]
  )
  func `terms and gradient equal numpy's`(_ kind: DETROptions.Loss, _ seed: Int) throws {
    let known = try SupervisedCase(["detr", "\(seed)", kind.rawValue])
    #expect(known.matches == 8)
    let tensors = try known.tensors()
    let loss = try task(kind).loss(
      [DETRTask.logitsName: tensors[0], DETRTask.boxesName: tensors[1]],
      TaskTargets(boxes: known.targets, inputSize: size)
    )
    #expect(loss.terms.map(\.name) == ["classes", "boxes", "overlap"])
    #expect(try known.differences(loss, tensors) == [])
  }

  @Test func `a class that is none may come first`() throws {
    let box = TargetBox(centerX: 0.5, centerY: 0.5, width: 0.5, height: 0.5, category: 1)
    func loss(_ logits: [Float], _ background: HeadOptions.Background) throws -> Double {
      try task(.softmax) { $0.background = background }.loss(
        [
          DETRTask.logitsName: Tensor(logits, shape: [1, 1, 3]),
          DETRTask.boxesName: Tensor([0.5, 0.5, 0.5, 0.5] as [Float], shape: [1, 1, 4]),
        ],
        TaskTargets(boxes: [[box]], inputSize: size)
      ).total.doubles()[0]
    }
    #expect(try loss([0, 9, 0], .last) < 0.01)
    #expect(try loss([0, 0, 9], .first) < 0.01)
    #expect(try loss([0, 9, 0], .first) > 8)
  }

  @Test(arguments: DETROptions.Loss.allCases)
  func `more boxes than queries, and none, make a loss`(kind: DETROptions.Loss) throws {
    for boxes in [0, 5] {
      let logits = try Tensor.full([1, 2, 3], 0).setRequiresGradient()
      let said = try Tensor.full([1, 2, 4], 0.5).setRequiresGradient()
      let targets = (0..<boxes).map {
        TargetBox(
          centerX: 0.1 + 0.2 * Float($0),
          centerY: 0.5,
          width: 0.1,
          height: 0.1,
          category: 0
        )
      }
      let loss = try task(kind).loss(
        [DETRTask.logitsName: logits, DETRTask.boxesName: said],
        TaskTargets(boxes: [targets], inputSize: size)
      )
      #expect(try loss.total.doubles()[0].isFinite)
      try loss.total.backward()
      #expect(try logits.gradient != nil)
      #expect(try (said.gradient != nil) == (boxes > 0))
    }
  }

  @Test(
    arguments: [
      (
        [("logits", [1, 7, 3]), ("pred_boxes", [1, 7, 4])],
        DETROutputs.Layout.apart(boxes: "pred_boxes", classes: "logits", queries: 7), 3
      ),
      // Four classes: names tell boxes and classes apart.
      (
        [("logits", [1, 7, 4]), ("pred_boxes", [1, 7, 4])],
        .apart(boxes: "pred_boxes", classes: "logits", queries: 7), 4
      ),
      // Without names of either, sizes do; hidden states are of another number.
      (
        [("a", [1, 49, 256]), ("b", [1, 7, 92]), ("c", [1, 7, 4])],
        .apart(boxes: "c", classes: "b", queries: 7), 92
      ),
      ([("output0", [1, 300, 84])], .joined("output0", queries: 300), 80),
      ([("ranked", [nil, nil, 6])], .ranked("ranked"), 5),
    ] as [([(String, [Int?])], DETROutputs.Layout, Int)]
  )
  func `boxes and classes are found among outputs`(
    outputs: [(String, [Int?])],
    layout: DETROutputs.Layout,
    classes: Int
  ) throws {
    let found = try DETROutputs(interface(outputs), classes: 5)
    #expect(found.layout == layout)
    #expect(found.count == classes)
  }

  @Test func `boxes that were chosen already are refused`() {
    let chosen = interface([("labels", [1, 300]), ("boxes", [1, 300, 4]), ("scores", [1, 300])])
    #expect(throws: DetectionError.self) { try DETROutputs(chosen, classes: 5) }
  }
}
