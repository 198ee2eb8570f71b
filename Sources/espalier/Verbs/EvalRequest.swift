import Datasets
import Detection
import Evaluation
import Graphs
import Models
import PluginKit
import Recipes

/// What `eval` was asked for: a model, and the plan by which it is judged.
struct EvalRequest {
  let model: Model
  /// Whether the model is as a file has it, whose path is the model's name.
  let isFile: Bool
  var plan: EvaluationPlan
  /// What is to be said of the model before it is judged.
  let remarks: [String]

  /// Reads the operand, and lets options go before what a recipe says.
  init(
    _ invocation: Invocation,
    task: Option,
    data: Option,
    list: Option,
    classes: Option,
    metric: Option,
    defaultList: String = "test",
    needsLabels: Bool = true,
    stage: RecipeSubject.Stage = .result,
    run: Option? = nil
  ) throws {
    let operand = invocation.operands[0]
    var settings: TaskSettings?
    var source: DataSettings?
    var base = "."
    var isFile = false
    var notes: [String] = []
    if operand.hasSuffix(".yml") || operand.hasSuffix(".yaml") {
      let subject = try RecipeSubject(operand, run: run.flatMap { invocation.value($0) }, stage)
      base = subject.base
      settings = subject.recipe.task
      source = subject.recipe.data
      model = subject.model
      isFile = subject.file != nil
      notes = subject.remarks
    } else if Zoo.names.contains(operand) {
      model = try Model.built(operand, classes: invocation.int(classes, in: 1...100_000) ?? 80)
    } else {
      model = try Model.read(operand)
      isFile = true
    }
    self.isFile = isFile
    remarks = notes
    plan = try Self.plan(
      of: invocation,
      for: model,
      task: task,
      data: data,
      list: list,
      classes: classes,
      metric: metric,
      defaultList: defaultList,
      needsLabels: needsLabels,
      beside: (settings, source, base)
    )
  }

  /// What the options of a verb say of the images and their task, each before what a recipe says.
  static func plan(
    of invocation: Invocation,
    for model: Model,
    task: Option,
    data: Option,
    list: Option,
    classes: Option,
    metric: Option? = nil,
    defaultList: String,
    needsLabels: Bool = true,
    beside recipe: (task: TaskSettings?, data: DataSettings?, base: String) = (nil, nil, ".")
  ) throws -> EvaluationPlan {
    var (settings, source, base) = recipe
    if let text = invocation.value(data) {
      guard let given = DataSettings.option(text) else {
        throw UsageError.badValue("data", text, wanted: DataSettings.acceptedOption)
      }
      source = given
      base = "."
    }
    guard let source else {
      throw UsageError.needs("--data", because: "it names the labelled images")
    }
    if let name = invocation.value(task) {
      let kinds = TaskKind.all.filter { $0.needsLabels || !needsLabels }
      guard let kind = kinds.first(where: { $0.name == name }) else {
        throw UsageError.badValue("task", name, wanted: alternatives(kinds.map(\.name)))
      }
      if settings?.kind != kind { settings = TaskSettings(kind: kind) }
    }
    var chosen = try settings ?? .recognized(model)
    if let count = try invocation.int(classes, in: 1...100_000) { chosen.classes = count }
    chosen = try TaskOptions.applied(invocation, to: chosen)
    var rule: DetectionMetric?
    if let name = metric.flatMap({ invocation.value($0) }) {
      guard let known = DetectionMetric(rawValue: name) else {
        let names = alternatives(DetectionMetric.all.map(\.name))
        throw UsageError.badValue("metric", name, wanted: "one of \(names)")
      }
      rule = known
    }
    return EvaluationPlan(
      task: chosen,
      data: source,
      split: source.split(named: invocation.value(list) ?? defaultList),
      base: base,
      metric: rule
    )
  }
}

extension Invocation {
  /// The device of `--device`.
  func device() throws -> Device {
    let name = value(.device) ?? "auto"
    guard Device.isName(name) else {
      throw UsageError.badValue("device", name, wanted: Device.acceptedNames)
    }
    return try Device.named(name)
  }
}
