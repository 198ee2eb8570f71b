import Datasets
import Detection
import Evaluation
import Files
import Graphs
import Models
import Operators
import PluginKit
import Recipes
import Reports
import Tensors

/// `espalier eval`: a model's metric on labelled images, at one input size or several.
enum Eval {
  /// The task, where images have labels.
  static let task = task(among: TaskKind.all.filter(\.needsLabels))
  /// The same, for verbs that find boxes.
  static var detectionTask: Option { task }
  /// The task, where it may do without labels.
  static let anyTask = task(among: TaskKind.all)
  static let data = Option.value(
    "data",
    "FORMAT:ROOT",
    "The images, such as voc:data/VOC2007; formats are \(alternatives(DataFormat.all.map(\.name))) (default: the recipe's)."
  )
  static let list = Option.value(
    "list",
    "NAME",
    "The list of images: a recipe's train, val or test, or a list's name (default test)."
  )
  static let classes = Option.value("classes", "N", "Classes (default: the data's).")
  static let metric = Option.value(
    "metric",
    "NAME",
    "\(alternatives(DetectionMetric.all.map(\.name))) (default: the format's own)."
  )
  static let sizes = Option.value(
    "sizes",
    "SIDES",
    "Input sizes, such as 608,416,320 (default: the model's, else 608)."
  )
  static let batch = Option.value("batch", "N", "Images at once (default 8).")
  private static let detections = Option.value(
    "detections",
    "FILE.json",
    "Write the boxes of the first size in COCO's results format."
  )

  private static let submission = Option.value(
    "submission",
    "DIR",
    "Write the boxes of the first size in WIDER FACE's layout, DIR/EVENT/NAME.txt, for 'score wider'."
  )
  private static let multiscale = Option.flag(
    "multiscale",
    "Look at many scales of each image and vote over boxes, as WIDER FACE's published figures do."
  )

  private static let presentOnly = Option.flag(
    "present-only",
    "Judge by WIDER FACE's official lists only the images that are there."
  )

  private static let on = Option.value(
    "on",
    "RUNTIME",
    "What executes the file: espalier (default), onnxruntime or openvino."
  )

  static let verb = Verb(
    name: "eval",
    summary: "Evaluate a detector on labelled images: the metric, each class, the image rate.",
    operands: [.init(name: "MODEL|RECIPE", help: "An ONNX file, a model's name, or a recipe.")],
    options: [
      task, TaskOptions.set, data, list, classes, metric, sizes, multiscale, presentOnly, batch,
      detections,
      submission,
      RecipeCommand.run,
      .device, on,
      RuntimeOptions.threads, RuntimeOptions.precision,
    ] + RuntimeOptions.libraries,
    notes: """
      espalier eval small.onnx --data voc:data/VOC2007 --list test --sizes 608,416,320
      espalier eval small.onnx --data voc:data/VOC2007 --on onnxruntime
      espalier eval yolo11n.onnx --data voc:data/VOC2007 --set conf=0.01 --set iou=0.6
      espalier eval faces.onnx --task ssd_face --data wider:data/WIDER_FACE --list val --multiscale
      espalier eval recipe.yml --list val     the model that the recipe's run has written

      Tasks:
      \(HelpText.list(TaskKind.all.filter(\.needsLabels).map { ($0.name, $0.doc) }))

      Metrics:
      \(HelpText.list(DetectionMetric.all.map { ($0.name, $0.doc) }))

      docs/tasks.md describes both.
      """
  ) { invocation, console in
    var request = try EvalRequest(
      invocation,
      task: task,
      data: data,
      list: list,
      classes: classes,
      metric: metric,
      run: RecipeCommand.run
    )
    for remark in request.remarks { console.note(remark) }
    if invocation.has(presentOnly) { request.plan.data.isPresentOnly = true }
    let batch = try invocation.int(batch, in: 1...4096) ?? 8
    let execution = try Execution(invocation, on, isFile: request.isFile)
    let dataset = try request.plan.dataset()
    for note in dataset.notes { console.note(note) }
    if let problem = dataset.problems.first {
      console.note("\(dataset.problems.count) problems in the data, the first: \(problem)")
    }
    let judged = try judged(invocation, request, dataset, batch, execution, console)
    if let path = invocation.value(detections), let first = judged.first {
      let text = try first.evaluation.cocoResults(first.run.records).text
      try File.write(Array(text.utf8), to: path)
    }
    if let folder = invocation.value(submission), let first = judged.first {
      try WiderFaceSubmission(first.evaluation, first.run.records).write(to: folder)
    }
    for problem in judged.flatMap(\.evaluation.images.problems) { console.note("\(problem)") }
    let columns = try judged.map { try EvaluationReport.Column($0.evaluation, $0.run) }
    console.endProgress()
    let report = EvaluationReport(
      model: request.model.name,
      runtime: execution.title,
      list: request.plan.split.list,
      images: dataset.entries.count,
      columns: columns
    )
    console.write(console.wantsJSON ? report.json.text : report.text)
    return .success
  }

  /// The model at each size, or at many scales of each image.
  private static func judged(
    _ invocation: Invocation,
    _ request: EvalRequest,
    _ dataset: Dataset,
    _ batch: Int,
    _ execution: Execution,
    _ console: Console
  ) throws -> [(evaluation: DetectionEvaluation, run: EvaluationResult)] {
    if invocation.value(submission) != nil, request.plan.data.format != .wider {
      throw UsageError.needs(
        "--data wider:ROOT",
        because: "'--submission' names its files by the folders of WIDER FACE's events"
      )
    }
    guard invocation.has(multiscale) || request.plan.data.isMultiScale else {
      let sides = try sides(invocation.value(sizes), request.model)
      for size in sides { try execution.check(request.model, size) }
      return try sides.map { size in
        try column(
          request.model,
          request,
          dataset,
          size,
          batch,
          in: execution,
          tell: console.tell
        )
      }
    }
    for option in [sizes, Self.batch] where invocation.value(option) != nil {
      throw UsageError.conflict(option.name, multiscale.name)
    }
    let evaluation = try request.plan.evaluation(
      of: dataset,
      size: PixelSize(width: 640, height: 640),
      model: request.model,
      isMultiScale: true
    )
    let run = try EvaluationResult.run(
      multiScale: evaluation,
      network: execution.ready(request.model),
      tell: console.tell
    )
    return [(evaluation, run)]
  }

  private static func task(among kinds: [TaskKind]) -> Option {
    .value(
      "task",
      "NAME",
      "What the outputs mean: \(alternatives(kinds.map(\.name))) (default: the recipe's, else what the outputs show)."
    )
  }

  /// One model at one input size.
  ///
  /// - Parameters:
  ///   - subject: the model as it was given.
  ///   - request: the plan by which it is judged.
  ///   - dataset: the labelled images.
  ///   - size: the input size.
  ///   - batch: images at once, where the model does not state it.
  ///   - execution: what executes it.
  ///   - tell: told how far it is.
  /// - Returns: the set, and how the model did.
  /// - Throws: what the model or the data refuse.
  static func column(
    _ subject: Model,
    _ request: EvalRequest,
    _ dataset: Dataset,
    _ size: PixelSize,
    _ batch: Int,
    in execution: Execution,
    tell: (RunEvent) -> Void = { _ in }
  ) throws -> (evaluation: DetectionEvaluation, run: EvaluationResult) {
    let evaluation = try request.plan.evaluation(
      of: dataset,
      size: size,
      model: subject
    )
    let ready = try execution.ready(
      subject,
      min(batch, dataset.entries.count),
      size,
      task: evaluation.task
    )
    let run = try EvaluationResult.run(
      ready.network,
      over: evaluation,
      batch: ready.batch,
      isFixed: ready.isFixed,
      tell: tell
    )
    return (evaluation, run)
  }

  /// The sizes of `--sizes`, else the model's own, else the benchmark's.
  static func sides(_ text: String?, _ model: Model) throws -> [PixelSize] {
    guard let text else {
      return [try model.imageSize ?? PixelSize(width: 608, height: 608)]
    }
    return try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      guard let sizes = InputSizeText.parse(String(part)), sizes.count == 4 else {
        throw UsageError.badValue("sizes", text, wanted: "sizes such as 608,416,320 or 416x608")
      }
      return PixelSize(width: sizes[3], height: sizes[2])
    }
  }
}
