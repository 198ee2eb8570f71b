import Datasets
import Detection
import Graphs
import PluginKit
import Testing

struct TaskKindTests {
  @Test(arguments: TaskKind.all)
  func `every kind makes the task of its name from its defaults`(kind: TaskKind) throws {
    // Its head is needed, too.
    if kind == .detr && HeadKind(rawValue: kind.name) == nil { return }
    let network = NetworkInterface(
      inputs: [.init("images", [1, 3, 64, 64])],
      outputs: kind == .detr
        ? [.init("logits", [1, 20, 1]), .init("pred_boxes", [1, 20, 4])]
        : [.init("output0", [1, 6, 84])]
    )
    let task = try kind.task(Settings(), TaskSubject(classes: 1, network: network))
    #expect(type(of: task).name == kind.name)
    #expect(TaskKind(rawValue: kind.name) == kind)
    #expect(kind.doc.hasSuffix("."))
    let names = kind.options.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(kind.options.allSatisfy { $0.doc.hasSuffix(".") })
  }

  @Test func `names are told apart, and a misspelt one is none's`() {
    #expect(Set(TaskKind.all.map(\.name)).count == TaskKind.all.count)
    #expect(Set(TaskKind.all).count == TaskKind.all.count)
    #expect(TaskKind(rawValue: "yolo") == nil)
  }

  @Test func `options of a recipe reach the task`() throws {
    let settings = Settings([
      "score_threshold": .double(0.25), "nms_threshold": .double(0.5), "nms_top_k": .int(7),
      "keep_top_k": .int(3), "anchors": .doubles([1, 2, 3, 4, 5, 6]),
      "ignore_threshold": .double(0.625), "label_smooth": .bool(true),
      "loss": .string("fine_grained"),
    ])
    let task = try #require(
      try TaskKind.yolov3.task(settings, TaskSubject(classes: 2)) as? YOLOv3Task
    )
    var wanted = YOLOv3Options(classes: 2)
    wanted.scoreThreshold = 0.25
    wanted.suppression.overlap = 0.5
    wanted.suppression.candidates = 7
    wanted.suppression.kept = 3
    wanted.ignoreThreshold = 0.625
    wanted.smoothsLabels = true
    wanted.loss = .fineGrained
    wanted.anchors = [.init(1, 2), .init(3, 4), .init(5, 6)]
    wanted.masks = [[2], [1], [0]]
    #expect(task.options == wanted)
    let faces = try #require(
      try TaskKind.ssdFace.task(settings, TaskSubject(classes: 1)) as? SSDFaceTask
    )
    #expect(faces.scoreThreshold == 0.25)
    #expect(faces.suppression.overlap == 0.5)
    #expect(faces.suppression.candidates == 7)
    #expect(faces.suppression.kept == 3)
  }

  @Test func `without options a task is the benchmark's`() throws {
    let boxes = try #require(
      try TaskKind.yolov3.task(Settings(), TaskSubject(classes: 4)) as? YOLOv3Task
    )
    #expect(boxes.options == YOLOv3Options(classes: 4))
    let faces = try #require(
      try TaskKind.ssdFace.task(Settings(), TaskSubject(classes: 1)) as? SSDFaceTask
    )
    #expect(faces.suppression == SSDFaceTask().suppression)
    #expect(faces.scoreThreshold == SSDFaceTask().scoreThreshold)
  }

  @Test func `an anchor with one side is refused by name`() {
    let error = DetectionError.unsupported(
      task: "yolov3",
      "'anchors' has 3 numbers; each anchor has two"
    )
    #expect(throws: error) {
      try TaskKind.yolov3.task(Settings(["anchors": .doubles([1, 2, 3])]), TaskSubject(classes: 1))
    }
  }

  @Test func `networks of faces take their images as BlazeFace does, others as ImageNet's`() throws
  {
    let network = NetworkInterface(inputs: [], outputs: [])
    let faces = try TaskKind.ssdFace.preparation(Settings(), network)
    #expect(faces == ImagePreparation(normalization: .blazeFace, interpolation: .linear))
    for kind in [TaskKind.yolov3, .matchTeacher] {
      let preparation = try kind.preparation(Settings(), network)
      #expect(preparation == ImagePreparation(normalization: .imageNet, interpolation: .cubic))
    }
  }

  @Test func `what compares with a teacher says by which option, and needs no labels`() {
    #expect(TaskKind.all.filter { !$0.needsLabels } == [.matchTeacher])
    #expect(TaskKind.matchTeacher.options.map(\.name) == ["weighed", "teacher"])
    #expect(TaskKind.standard.needsLabels)
  }
}
