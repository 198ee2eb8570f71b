import Datasets
import Detection
import PluginKit
import Testing

struct HeadKindTests {
  private func network(
    _ outputs: [NetworkInterface.Value],
    size: [Int?] = [1, 3, 64, 96],
    metadata: [String: String] = [:],
    tails: Set<NetworkInterface.Tail> = []
  ) -> NetworkInterface {
    NetworkInterface(
      inputs: [.init("images", size)],
      outputs: outputs,
      metadata: metadata,
      tails: Dictionary(uniqueKeysWithValues: outputs.map { ($0.name, tails) })
    )
  }

  @Test func `names and sentences of heads are their own`() {
    #expect(Set(HeadKind.all.map(\.name)).count == HeadKind.all.count)
    #expect(HeadKind.all.allSatisfy { $0.doc.hasSuffix(".") })
  }

  @Test func `six numbers a box are corners of a YOLO, or shares of an RT-DETR of two classes`()
    throws
  {
    let six = [NetworkInterface.Value("output0", [1, 300, 6])]
    let names = ["names": "{0: 'a', 1: 'b'}"]
    let yolo = network(six, metadata: names, tails: [.ranking, .product, .sigmoid, .remainder])
    #expect(try HeadKind.recognized(yolo).kind == .yolov10)
    let queries = network(six, metadata: names, tails: [.ranking, .logarithm, .sigmoid])
    let (kind, reason) = try HeadKind.recognized(queries)
    #expect(kind == .detr)
    #expect(reason.hasSuffix("with scores"))
    let said = network(six, metadata: names.merging(["head": "RTDETRDecoder"]) { $1 })
    #expect(try HeadKind.recognized(said).kind == .detr)
  }

  @Test func `rows of 112 numbers are NanoDet's for 80 classes, and YOLOX's where 107 are named`()
    throws
  {
    let rows = [NetworkInterface.Value("output", [1, 126, 112])]
    #expect(try HeadKind.recognized(network(rows, tails: [.sigmoid])).kind == .gfl)
    let names = (0..<107).map { "\($0): 'c\($0)'" }.joined(separator: ", ")
    let named = network(rows, metadata: ["names": "{\(names)}"], tails: [.sigmoid])
    #expect(try HeadKind.recognized(named).kind == .yolox)
  }

  @Test func `turned boxes and inputs with channels last are refused by name`() {
    let obb = network(
      [.init("output0", [1, 85, 126])],
      metadata: ["task": "obb"],
      tails: [.sigmoid, .product]
    )
    #expect(throws: (any Error).self) { try HeadKind.recognized(obb) }
    let last = network(
      [
        .init("detection_boxes", [1, 100, 4]), .init("detection_classes", [1, 100]),
        .init("detection_scores", [1, 100]), .init("num_detections", [1]),
      ],
      size: [1, 64, 96, 3]
    )
    let reading = OutputReading(last)
    #expect(reading.head == nil)
    #expect(reading.nearest == "triples")
    #expect(reading.reason.contains("channels first"))
  }

  @Test func `the nearest head is that of which most fits`() {
    let raw = network(
      [.init("loc", [1, 500, 4]), .init("conf", [1, 500, 3])],
      tails: [.softmax]
    )
    let reading = OutputReading(raw)
    #expect(reading.head == nil)
    #expect(reading.nearest == "ssd")
    #expect(
      reading.line?.hasPrefix("no known head; the nearest is 'ssd', but loc (1x500x4)") == true
    )
    let other = OutputReading(network([.init("classes", [1, 1000])]))
    #expect(other.line == nil)
  }

  @Test func `options of a recipe reach the head`() throws {
    let queries = network(
      [.init("logits", [1, 10, 3]), .init("pred_boxes", [1, 10, 4])],
      tails: [.sigmoid]
    )
    let settings = Settings(["background": .string("none"), "activation": .string("sigmoid")])
    let task = try #require(
      try TaskKind.detector.task(settings, TaskSubject(network: queries)) as? DetectorTask
    )
    #expect(task.head.classes == 3)
    let plain = try #require(
      try TaskKind.detector.task(Settings(), TaskSubject(network: queries)) as? DetectorTask
    )
    #expect(plain.head.classes == 2)
  }

  @Test func `preparations are said in words`() {
    let words = OutputReading(
      network([.init("output", [1, 126, 85])], tails: [.sigmoid])
    ).preparation?.words
    #expect(words == "BGR, letterbox_corner on grey 114")
    let imageNet = ImagePreparation(normalization: .imageNet).words
    #expect(imageNet == "RGB - (123.675, 116.28, 103.53) / (58.395, 57.12, 57.375), stretch")
  }
}
