import Datasets
import Detection
import Evaluation
import Files
import Graphs
import Metrics
import Models
import Operators
import PluginKit
import Recipes
import Reports
import Tensors

/// `espalier run --image`: what a detector finds on pictures, listed and drawn.
enum RunPictures {
  static let image = Option.value(
    "image",
    "FILE|DIR",
    repeats: true,
    "A picture, or a folder of them, to find boxes on in place of arrays."
  )

  /// What a score must exceed where nobody says: what one shows to people, not what one evaluates with.
  private static let confidence = 0.25

  /// Finds boxes on the pictures that were given, draws them, and tells.
  static func carryOut(
    _ invocation: Invocation,
    _ console: Console,
    task option: Option,
    classes: Option,
    folder: String,
    device: Device
  ) throws -> ExitCode {
    let model = try invocation.model(console)
    let settings = try settings(invocation, model, option, classes)
    let task = try settings.task(for: model, classNames: [])
    let size = try model.imageSize ?? PixelSize(width: 640, height: 640)
    let set = DetectionSet(
      images: EvaluationImages(
        try pictures(invocation.values(image)),
        size: size,
        preparation: try settings.kind.preparation(settings.options, model.interface)
      ),
      task: task,
      input: try model.imageInput
    )
    let ready = try Execution.session(device).ready(model, 1, size, task: task)
    let names = try settings.classNames(of: model)
    try Folder.make(folder)
    var found: [BoxesReport.Picture] = []
    for index in 0..<set.images.count {
      let boxes = try set.boxes(index, ready.network, batch: ready.isFixed ? ready.batch : nil)
      guard var picture = try set.images.original(index) else { continue }
      let named = boxes.map { box in
        BoxesReport.Found(name: names[box.category] ?? "\(box.category)", detection: box)
      }
      // The best on top.
      for box in named.reversed() {
        picture.draw(
          box.detection.box,
          label: "\(box.name) \(Figures.fixed(box.detection.score, 2))",
          place: box.detection.category
        )
      }
      let entry = set.images.dataset.entries[index]
      let path = "\(folder)/\(entry.id.split(separator: "/").joined(separator: "%2F"))"
      let target = "\(FilePath.folder(of: path))/\(FilePath.stem(of: path)).boxes.jpg"
      try File.write(try picture.jpeg(quality: 92), to: target)
      found.append(.init(path: entry.path, drawn: target, boxes: named))
      console.tell(.work(.evaluation, done: index + 1, of: set.images.count))
    }
    console.endProgress()
    for problem in set.images.problems { console.note("\(problem)") }
    let report = BoxesReport(model: model.name, task: settings.kind.name, pictures: found)
    console.write(console.wantsJSON ? report.json.text : report.text)
    return .success
  }

  /// The task that is named or that the outputs show, with scores and edges as one shows them to people.
  private static func settings(
    _ invocation: Invocation,
    _ model: Model,
    _ option: Option,
    _ classes: Option
  ) throws -> TaskSettings {
    var settings: TaskSettings
    if let name = invocation.value(option) {
      let kinds = TaskKind.all.filter(\.needsLabels)
      guard let kind = kinds.first(where: { $0.name == name }) else {
        throw UsageError.badValue(option.name, name, wanted: alternatives(kinds.map(\.name)))
      }
      settings = TaskSettings(kind: kind)
    } else {
      settings = try .recognized(model)
    }
    settings.classes = try invocation.int(classes, in: 1...100_000)
    let known = Set(settings.kind.options.map(\.name))
    var shown: [(key: String, value: String)] = []
    for name in ["conf", "score_threshold"] where known.contains(name) {
      shown.append((name, "\(confidence)"))
    }
    if known.contains("clip") { shown.append(("clip", "true")) }
    let given = try Assignments.pairs(invocation.values(TaskOptions.set), wanted: "NAME=VALUE")
    let names = Set(given.map(\.key))
    return try settings.setting(shown.filter { !names.contains($0.key) } + given, by: "--set")
  }

  private static func pictures(_ paths: [String]) throws -> Dataset {
    var entries: [Dataset.Entry] = []
    for path in paths {
      if (try? Folder.names(in: path)) != nil {
        entries += try ImageFolder.read(path).entries
      } else {
        entries.append(
          Dataset.Entry(path: path, id: FilePath.name(of: path), size: nil, objects: [])
        )
      }
    }
    return Dataset(classes: [], entries: entries)
  }
}

/// Pictures without labels, and the task that finds boxes on them.
private struct DetectionSet {
  let images: EvaluationImages
  let task: any DetectionTask
  let input: String

  /// The boxes of one picture, best first.
  func boxes(
    _ index: Int,
    _ network: any EvaluatedNetwork,
    batch: Int?
  ) throws -> [DetectedBox] {
    let given = try images.batch(index..<index + 1)
    let (height, width) = (given.size.height, given.size.width)
    var inputs = [input: try Tensor(given.pixels, shape: [1, 3, height, width])]
    for (name, array) in task.companions(images: 1, inputSize: given.size) {
      inputs[name] = try array.tensor()
    }
    let outputs = try BatchPasses(batch).outputs(of: inputs, by: network.outputs)
    return try task.detections(
      outputs,
      TaskImages(
        indices: [index],
        originalSizes: given.originalSizes,
        inputSize: given.size,
        fit: images.preparation.fit
      )
    )[0]
  }
}
