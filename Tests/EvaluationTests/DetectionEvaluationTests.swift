import Datasets
import Detection
import Evaluation
import Files
import Foundation
import Metrics
import Models
import Operators
import Tensors
import TestSupport
import Testing

struct DetectionEvaluationTests {
  /// Four images of 64x64 with one box each: three of class 0, one of class 1.
  private static func dataset(_ folder: ScratchFolder) throws -> Dataset {
    let entries = try (0..<4).map { place in
      // A grey picture in a form that the reader knows: written by the tests' Python.
      let path = folder.path("\(place).png")
      _ = try Python.run(
        "import sys; from PIL import Image; Image.new('RGB', (64, 64), (int(sys.argv[2]),) * 3).save(sys.argv[1])",
        [path, "\(40 * place)"]
      )
      let box = Box(x: Double(8 * place), y: 4, width: 16, height: 20)
      return Dataset.Entry(
        path: path,
        id: "\(place)",
        size: PixelSize(width: 64, height: 64),
        objects: [TrueBox(image: place, category: place == 3 ? 1 : 0, box: box)]
      )
    }
    return Dataset(classes: ["dot", "dash"], entries: entries)
  }

  private static func evaluation(
    _ dataset: Dataset,
    _ metric: DetectionMetric = .elevenPoint,
    side: Int = 64
  ) throws -> DetectionEvaluation {
    let size = PixelSize(width: side, height: side)
    return try DetectionEvaluation(
      EvaluationImages(dataset, size: size),
      task: YOLOv3Task(classes: 2),
      metric: metric
    )
  }

  private static let hasPictures = Python.isPresent

  @Test(.enabled(if: hasPictures, Comment(rawValue: Python.reason)))
  func `found boxes make the metric, whole and for samples`() throws {
    let folder = try ScratchFolder()
    let dataset = try Self.dataset(folder)
    let evaluation = try Self.evaluation(dataset)
    // Images 0, 1 and 3 are found, 2 is not.
    let records: [ImageRecord] = [
      .boxes([0, 0, 4, 16, 20, 0.9]), .boxes([0, 8, 4, 16, 20, 0.8]), .boxes([]),
      .boxes([1, 24, 4, 16, 20, 0.7]),
    ]
    let figures = try evaluation.figures(records)
    // Recall of class 0 reaches 2/3 at precision 1: seven of eleven points.
    #expect(abs((figures.classes[0].ap ?? 0) - 7.0 / 11) < 1e-12)
    #expect(figures.classes[1].ap == 1)
    #expect(figures.classes.map(\.asked) == [3, 1])
    #expect(abs(try evaluation.metric(records, sample: nil) - (7.0 / 11 + 1) / 2) < 1e-12)
    #expect(try evaluation.metric(records, sample: [0, 1, 3, 3]) == 1)
    #expect(try evaluation.metric(records, sample: [2, 2]) == 0)
  }

  /// The labelled box is 16 by 20; what a network says of it depends on what it has learned from.
  @Test(
    .enabled(if: hasPictures, Comment(rawValue: Python.reason)),
    arguments: [(BoxEdges.lastPixel, 16.0), (.learnedToLastPixel, 15), (.behind, 16)],
    [DetectionMetric.coco, .elevenPoint]
  )
  func `a box that is right in its data's way is right by every metric`(
    way: (edges: BoxEdges, width: Double),
    metric: DetectionMetric
  ) throws {
    let folder = try ScratchFolder()
    var dataset = try Self.dataset(folder)
    dataset.entries = [dataset.entries[0]]
    dataset.edges = way.edges
    let evaluation = try Self.evaluation(dataset, metric)
    func records(_ more: Double) -> [ImageRecord] {
      [.boxes([0, 0, 4, way.width + more, way.width + 4 + more, 0.9])]
    }
    #expect(try evaluation.metric(records(0), sample: nil) > 0.999)
    #expect(try evaluation.summary(records(0)).over50To95 > 0.999)
    #expect(try evaluation.summary(records(0)).at50 > 0.999)
    // A pixel more is no longer within the strictest IoU.
    let wide = try evaluation.summary(records(1))
    #expect(wide.at50 > 0.999 && wide.over50To95 < 0.999)
  }

  @Test(.enabled(if: hasPictures, Comment(rawValue: Python.reason)))
  func `COCO's metric counts the last pixel of edges`() throws {
    let folder = try ScratchFolder()
    var dataset = try Self.dataset(folder)
    dataset.entries = [dataset.entries[0]]
    let evaluation = try Self.evaluation(dataset, .coco)
    let records: [ImageRecord] = [.boxes([0, 0, 4, 15, 19, 0.9])]
    #expect(try evaluation.metric(records, sample: nil) > 0.999)
    let written = try evaluation.cocoResults(records).text
    #expect(written.contains("\"image_id\": 0"))
    // COCO's own ids keep their form, so that its tools know them.
    for (id, form, wanted) in [
      ("7", Dataset.Entry.IDForm.text, "\"7\""), ("7", .number, "7"), ("007", .stem, "\"007\""),
      ("18446744073709551616", .number, "18446744073709551616"),
    ] {
      dataset.entries[0].id = id
      dataset.entries[0].idForm = form
      let named = try Self.evaluation(dataset, .coco).cocoResults(records).text
      #expect(named.contains("\"image_id\": \(wanted),"), "\(named)")
    }
    #expect(try evaluation.detections(records)[0].box == Box(x: 0, y: 4, width: 16, height: 20))
  }

  @Test(.enabled(if: hasPictures, Comment(rawValue: Python.reason)))
  func `the hash changes with images, labels, size and metric, and with nothing else`() throws {
    let folder = try ScratchFolder()
    let dataset = try Self.dataset(folder)
    let hash = try Self.evaluation(dataset).contentHash
    #expect(hash.count == 64)
    #expect(try Self.evaluation(dataset).contentHash == hash)
    #expect(try Self.evaluation(dataset, .integral).contentHash != hash)
    #expect(try Self.evaluation(dataset, side: 96).contentHash != hash)
    var moved = dataset
    moved.entries[1].objects[0].box.x += 1
    #expect(try Self.evaluation(moved).contentHash != hash)
    var swapped = dataset
    swapped.entries[0].path = dataset.entries[1].path
    #expect(try Self.evaluation(swapped).contentHash != hash)
  }

  @Test(.enabled(if: hasPictures, Comment(rawValue: Python.reason)))
  func `a network runs over the set, a last batch of fewer images included`() throws {
    let folder = try ScratchFolder()
    let evaluation = try Self.evaluation(Self.dataset(folder))
    let model = try Model.built("yolov3_mobilenet_v1", classes: 2, form: NetworkForm(width: 0.125))
    let resized = try model.resized(batch: 3, to: PixelSize(width: 64, height: 64))
    let session = Session(resized.graph, mode: .fast)
    let open = try EvaluationResult.run(session, over: evaluation, batch: 3)
    let fixed = try EvaluationResult.run(session, over: evaluation, batch: 3, isFixed: true)
    #expect(open.records.count == 4)
    for (a, b) in zip(open.records, fixed.records) {
      guard case .boxes(let a) = a, case .boxes(let b) = b, a.count == b.count else {
        Issue.record("\(a) and \(b) are no boxes, or not as many")
        continue
      }
      #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-3 * max(1, abs($1)) })
    }
    #expect(open.imagesPerSecond > 0)
  }

  @Test func `records of another set are told`() throws {
    let dataset = Dataset(classes: ["a"], entries: [])
    let evaluation = try Self.evaluation(dataset)
    #expect(throws: EvaluationError.self) {
      try evaluation.metric([.agreement(1)], sample: nil)
    }
  }

  @Test(.enabled(if: hasPictures, Comment(rawValue: Python.reason)))
  func `a teacher agrees with itself, and not with another`() throws {
    let folder = try ScratchFolder()
    let dataset = try Self.dataset(folder)
    let size = PixelSize(width: 64, height: 64)
    let model = try Model.built("yolov3_mobilenet_v1", classes: 2, form: NetworkForm(width: 0.125))
      .resized(
        batch: 2,
        to: size
      )
    let images = EvaluationImages(dataset, size: size)
    let set = try TeacherEvaluation(images, teacher: model, batch: 2)
    let same = try EvaluationResult.run(Session(model.graph, mode: .fast), over: set, batch: 2)
    #expect(same.metric > 0.9999)
    let stranger = try Model.built(
      "yolov3_mobilenet_v1",
      classes: 2,
      form: NetworkForm(width: 0.125),
      seed: 1
    )
    .resized(batch: 2, to: size)
    let other = try EvaluationResult.run(Session(stranger.graph, mode: .fast), over: set, batch: 2)
    #expect(other.metric < 0.5)
    #expect(throws: EvaluationError.self) {
      try TeacherEvaluation(images, teacher: model, batch: 2, memory: 1000)
    }
  }
}

/// A head that is asked for nothing.
private struct NoHead: Head {
  var classes: Int? { nil }
  func rows(_ outputs: HeadOutputs, _ input: PixelSize) throws -> [HeadRows] { [] }
}

struct ForeignEdgesTests {
  @Test(arguments: DetectionMetric.all.filter { $0 != .wider })
  func `boxes of a foreign head are compared with labels as both are`(
    metric: DetectionMetric
  ) throws {
    let box = Box(x: 4, y: 4, width: 3, height: 3)
    var dataset = Dataset(
      classes: ["dot"],
      entries: [
        .init(
          path: "a.png",
          id: "a",
          size: PixelSize(width: 64, height: 64),
          objects: [TrueBox(image: 0, category: 0, box: box)]
        )
      ]
    )
    dataset.edges = .lastPixel
    let evaluation = try DetectionEvaluation(
      EvaluationImages(
        dataset,
        size: PixelSize(width: 64, height: 64),
        reading: ImageReading(policy: .skip)
      ),
      task: DetectorTask("none", NoHead()),
      metric: metric
    )
    let records: [ImageRecord] = [.boxes([0, 4, 4, 3, 3, 0.9])]
    #expect(try evaluation.detections(records)[0].box == box)
    #expect(try evaluation.metric(records, sample: nil) > 0.999)
    // Half the area by pixels that lie between edges: no match at IoU 0.6 and above.
    let summary = try evaluation.summary([.boxes([0, 4, 4, 3, 1.5, 0.9])])
    #expect(summary.at50 > 0.999 && summary.over50To95 < 0.11)
  }
}
