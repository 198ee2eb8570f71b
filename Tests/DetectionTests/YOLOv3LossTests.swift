import Datasets
import Detection
import Tensors
import TestSupport
import Testing

struct YOLOv3LossTests {
  @Test(
    .enabled(if: Python.isPresent, Comment(rawValue: Python.reason)),
    arguments: [
      (1, YOLOv3Options.LossKind.standard, nil as Float?, 0 as Float),
      (2, .standard, 0.025, 2.5), (3, .fineGrained, nil, 0), (4, .fineGrained, nil, 2.5),
    ]
  )
  func `terms and gradient equal numpy's`(
    _ seed: Int,
    _ kind: YOLOv3Options.LossKind,
    _ smoothing: Float?,
    _ iou: Float
  ) throws {
    let known = try YOLOv3Case(["\(seed)", kind.rawValue, "\(smoothing ?? 0)", "\(iou)"])
    var options = YOLOv3Options(classes: 3)
    options.loss = kind
    options.smoothsLabels = smoothing != nil
    options.scales.iou = iou
    let outputs = try known.outputs()
    let loss = try YOLOv3Task(options: options).loss(outputs, known.targets)
    let wanted = [
      "position": known.position, "size": known.size, "objectness": known.objectness,
      "classes": known.classes, "iou": known.iou,
    ]
    #expect(loss.terms.count == (iou > 0 ? 5 : 4))
    for term in loss.terms {
      let value = try #require(wanted[term.name])
      let found = try term.value.doubles()[0]
      #expect(abs(found - value) <= 2e-5 * value, "\(term.name): \(found), numpy \(value)")
    }
    let total = wanted.values.reduce(0, +)
    #expect(abs(try loss.total.doubles()[0] - total) <= 2e-5 * total)

    try loss.total.backward()
    let gradient = try outputs.keys.sorted().flatMap { name in
      try outputs[name]?.gradient?.doubles() ?? []
    }
    for (place, value) in zip(known.probes, known.gradient) {
      #expect(abs(gradient[place] - value) <= 1e-4 * max(1, abs(value)), "at \(place)")
    }
  }

  @Test func `without boxes only objectness counts`() throws {
    let task = try YOLOv3Task(classes: 2)
    let outputs = try zeros(classes: 2, images: 2)
    let loss = try task.loss(outputs, targets([[], []]))
    // 3 anchors x (4 + 16 + 64) cells, each with ln 2.
    #expect(abs(try loss.total.doubles()[0] - 252 * 0.693147180559945) < 1e-3)
    try loss.total.backward()
    for tensor in outputs.values { #expect(try tensor.gradient != nil) }
  }

  @Test func `the terms' factors multiply them`() throws {
    let boxes = [[TargetBox(centerX: 0.5, centerY: 0.5, width: 0.4, height: 0.3, category: 1)]]
    var options = YOLOv3Options(classes: 2)
    let plain = try YOLOv3Task(options: options).loss(zeros(classes: 2, images: 1), targets(boxes))
    options.scales.position = 2
    options.scales.size = 3
    options.scales.objectness = 5
    options.scales.classes = 7
    let scaled = try YOLOv3Task(options: options).loss(zeros(classes: 2, images: 1), targets(boxes))
    for (factor, name) in [(2.0, "position"), (3, "size"), (5, "objectness"), (7, "classes")] {
      let before = try #require(plain.terms.first { $0.name == name }).value.doubles()[0]
      let after = try #require(scaled.terms.first { $0.name == name }).value.doubles()[0]
      #expect(before > 0)
      #expect(abs(after - factor * before) < 1e-4 * after)
    }
  }

  @Test func `a class out of range and a box that is not finite are told`() throws {
    let task = try YOLOv3Task(classes: 2)
    let outputs = try zeros(classes: 2, images: 1)
    let box = TargetBox(centerX: 0.5, centerY: 0.5, width: 0.1, height: 0.1, category: 2)
    #expect(throws: DetectionError.self) { try task.loss(outputs, targets([[box]])) }
    let broken = TargetBox(centerX: .nan, centerY: 0.5, width: 0.1, height: 0.1, category: 0)
    #expect(throws: DetectionError.self) { try task.loss(outputs, targets([[broken]])) }
  }

  @Test func `outputs are found by shape, in any order of names`() throws {
    let task = try YOLOv3Task(classes: 2)
    let named = try YOLOv3LossTests.drawn(classes: 2)
    let foreign = Dictionary(
      uniqueKeysWithValues: zip(["c", "a", "b"], named.sorted { $0.key < $1.key }.map(\.value))
    )
    let boxes = [[TargetBox(centerX: 0.5, centerY: 0.5, width: 0.4, height: 0.3, category: 1)]]
    let first = try task.loss(named, targets(boxes)).total.doubles()
    #expect(try task.loss(foreign, targets(boxes)).total.doubles() == first)
  }

  @Test func `outputs that do not fit are told with their shapes`() throws {
    let task = try YOLOv3Task(classes: 3)
    let error = #expect(throws: DetectionError.self) {
      try task.loss(zeros(classes: 2, images: 1), targets([[]]))
    }
    #expect("\(try #require(error))".contains("[1, 24, rows, columns]"))
    var missing = try zeros(classes: 3, images: 1)
    missing["yolo_output.1"] = nil
    let absent = #expect(throws: DetectionError.self) { try task.loss(missing, targets([[]])) }
    #expect("\(try #require(absent))".contains("'yolo_output.1'"))
  }

  @Test
  func
    `a large box takes the largest anchor, and a good prediction far off is not held to be empty`()
    throws
  {
    let outputs = try [13, 26, 52].enumerated().reduce(into: [String: Tensor]()) { outputs, map in
      var values = [Float](repeating: 0, count: 18 * map.element * map.element)
      if map.offset == 0 {
        // Anchor 8 at row 6, column 8: as large as the box, its centre 2 / 13 to the right, IoU 0.708.
        values[(12 + 2) * 169 + 6 * 13 + 8] = 0.0037465
        values[(12 + 3) * 169 + 6 * 13 + 8] = 0.0206443
      }
      let tensor = try Tensor(values, shape: [1, 18, map.element, map.element])
      outputs["yolo_output.\(map.offset)"] = try tensor.setRequiresGradient()
    }
    let box = TargetBox(centerX: 0.5, centerY: 0.5, width: 0.9, height: 0.8, category: 0)
    let size = PixelSize(width: 416, height: 416)
    try YOLOv3Task(classes: 1).loss(outputs, TaskTargets(boxes: [[box]], inputSize: size))
      .total.backward()
    let gradient = try #require(try outputs["yolo_output.0"]?.gradient).doubles()
    func objectness(_ anchor: Int, _ row: Int, _ column: Int) -> Double {
      gradient[(6 * anchor + 4) * 169 + row * 13 + column]
    }
    #expect(objectness(2, 6, 6) == -0.5)
    #expect(objectness(2, 6, 8) == 0)
    #expect(objectness(2, 6, 9) == 0.5)
    #expect(objectness(1, 6, 6) == 0.5)
  }

  @Test(arguments: [0, -3]) func `a task takes classes`(_ classes: Int) {
    #expect(throws: DetectionError.self) { try YOLOv3Task(classes: classes) }
  }

  private func targets(_ boxes: [[TargetBox]]) -> TaskTargets {
    TaskTargets(boxes: boxes, inputSize: PixelSize(width: 64, height: 64))
  }

  private func zeros(classes: Int, images: Int) throws -> [String: Tensor] {
    var outputs: [String: Tensor] = [:]
    for (level, cells) in [2, 4, 8].enumerated() {
      let tensor = try Tensor.full([images, 3 * (5 + classes), cells, cells], 0)
      outputs["yolo_output.\(level)"] = try tensor.setRequiresGradient()
    }
    return outputs
  }

  /// Maps of one image of 64x64 pixels, with different numbers everywhere.
  static func drawn(classes: Int) throws -> [String: Tensor] {
    var outputs: [String: Tensor] = [:]
    for (level, cells) in [2, 4, 8].enumerated() {
      let count = 3 * (5 + classes) * cells * cells
      let values = (0..<count).map { Float(($0 * 7919 + level * 31) % 1009) / 504.5 - 1 }
      outputs["yolo_output.\(level)"] =
        try Tensor(values, shape: [1, 3 * (5 + classes), cells, cells])
    }
    return outputs
  }
}
