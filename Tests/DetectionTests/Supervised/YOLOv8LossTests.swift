import Datasets
import Detection
import PluginKit
import Tensors
import TestSupport
import Testing

struct YOLOv8LossTests {
  private let size = PixelSize(width: 96, height: 64)

  /// 96 + 24 + 6 cells of strides 8, 16 and 32.
  private func network(
    _ channels: Int = 7,
    cells: Int = 126,
    names: String? = nil
  ) -> NetworkInterface {
    NetworkInterface(
      inputs: [.init("images", [1, 3, 64, 96])],
      outputs: [.init("output0", [1, channels, cells])],
      metadata: names.map { ["names": $0] } ?? [:]
    )
  }

  private func task(
    _ options: [String: ParameterValue] = [:],
    network: NetworkInterface? = nil,
    data: [String] = []
  ) throws -> YOLOv8Task {
    let subject = TaskSubject(classNames: data, network: network ?? self.network())
    return try #require(try TaskKind.yolov8.task(Settings(options), subject) as? YOLOv8Task)
  }

  private func outputs(_ distributions: Tensor, _ logits: Tensor) -> [String: Tensor] {
    [YOLOv8Task.distributionsName: distributions, YOLOv8Task.logitsName: logits]
  }

  private func zeros(images: Int = 1) throws -> [String: Tensor] {
    outputs(
      try Tensor.full([images, 126, 4, 8], 0).setRequiresGradient(),
      try Tensor.full([images, 126, 3], 0).setRequiresGradient()
    )
  }

  private func box(_ category: Int, weight: Float = 1) -> TargetBox {
    TargetBox(
      centerX: 0.5,
      centerY: 0.5,
      width: 0.5,
      height: 0.5,
      category: category,
      weight: weight
    )
  }

  @Test(
    .enabled(if: Python.isPresent, Comment(rawValue: Python.reason)),
    arguments: [(1, 8), (2, 16), (3, 16), (4, 4)]
  )
  func `terms and gradient equal numpy's`(_ seed: Int, _ bins: Int) throws {
    let known = try SupervisedCase(["yolov8", "\(seed)", "\(bins)"])
    #expect(known.matches > 30)
    let tensors = try known.tensors()
    let loss = try task().loss(
      outputs(tensors[0], tensors[1]),
      TaskTargets(boxes: known.targets, inputSize: size)
    )
    #expect(loss.terms.map(\.name) == ["boxes", "classes", "distances"])
    #expect(try known.differences(loss, tensors) == [])
  }

  @Test func `without boxes only classes count, times the number of images`() throws {
    let outputs = try zeros(images: 2)
    let loss = try task().loss(outputs, TaskTargets(boxes: [[], []], inputSize: size))
    // Half of two images' sum of 126 x 3 logits of ln 2, times two images.
    let wanted = 0.5 * 2 * 126 * 3 * 0.693147180559945 * 2
    #expect(abs(try loss.total.doubles()[0] - wanted) < 1e-3 * wanted)
    try loss.total.backward()
    #expect(try outputs[YOLOv8Task.logitsName]?.gradient != nil)
  }

  @Test func `gains multiply their terms, and a box takes no more cells than it may`() throws {
    let targets = TaskTargets(boxes: [[box(1)]], inputSize: size)
    func terms(_ options: [String: ParameterValue]) throws -> [Double] {
      try task(options).loss(zeros(), targets).terms.map { try $0.value.doubles()[0] }
    }
    let plain = try terms([:])
    #expect(plain.allSatisfy { $0 > 0 })
    let scaled = try terms([
      "box_gain": .double(15), "class_gain": .double(2), "distance_gain": .double(4.5),
    ])
    for (factor, (before, after)) in zip([2.0, 4, 3], zip(plain, scaled)) {
      #expect(abs(after - factor * before) < 1e-5 * after)
    }
    let few = try zeros()
    try task(["candidates": .int(3)]).loss(few, targets).total.backward()
    let gradient = try #require(try few[YOLOv8Task.distributionsName]?.gradient)
    let cells = try gradient.abs().sum(along: [0, 2, 3]).doubles()
    #expect(cells.count { $0 > 0 } == 3)
  }

  @Test func `classes are the network's, by name`() throws {
    let names = "{0: 'cat', 1: 'dog', 2: 'owl'}"
    func gradient(_ data: [String], _ category: Int) throws -> [Double] {
      let outputs = try zeros()
      try task(network: network(names: names), data: data)
        .loss(outputs, TaskTargets(boxes: [[box(category)]], inputSize: size)).total.backward()
      return try #require(try outputs[YOLOv8Task.logitsName]?.gradient).sum(along: [0, 1]).doubles()
    }
    let own = try gradient(["cat", "dog", "owl"], 2)
    #expect(own[2] < own[0])
    #expect(try gradient(["owl", "cat", "dog"], 0) == own)
  }

  @Test func `boxes that cannot be learned are told`() throws {
    let outputs = try zeros()
    for wrong in [box(3), box(-1), box(0, weight: .nan)] {
      #expect(throws: DetectionError.self) {
        try task().loss(outputs, TaskTargets(boxes: [[wrong]], inputSize: size))
      }
    }
    // Without what lies before decoding there is no loss.
    #expect(throws: DetectionError.self) {
      try task().loss([:], TaskTargets(boxes: [[]], inputSize: size))
    }
  }

  @Test func `networks of another kind are refused, with why`() throws {
    func text(_ network: NetworkInterface) -> String {
      do { return "made \(try task(network: network))" } catch { return "\(error)" }
    }
    let ranked = NetworkInterface(
      inputs: [.init("images", [1, 3, 640, 640])],
      outputs: [.init("output0", [1, 300, 6])],
      tails: ["output0": [.ranking]]
    )
    #expect(text(ranked).contains("its head is 'yolov10'"))
    let masks = network(39, names: "{0: 'cat', 1: 'dog', 2: 'owl'}")
    #expect(text(masks).contains("32 channels behind 4 numbers and 3 classes"))
    #expect(text(network(6, names: "{0: 'cat', 1: 'dog'}")).hasPrefix("made"))
    let options: [String: ParameterValue] = ["names": .strings(["a", "b", "c", "d"])]
    let few = #expect(throws: DetectionError.self) { try task(options) }
    #expect("\(try #require(few))".contains("7 channels, too few for 4 numbers and 4 classes"))
    #expect(text(network(7, cells: 125)).contains("no output is images x (4 + classes) x cells"))
  }
}
