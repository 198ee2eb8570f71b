import Datasets
import Evaluation
import Files
import Graphs
import Models
import Operators
import PluginKit
import Pruning
import Recipes
import Reports
import Tensors

/// `espalier sensitivity`: how much of the metric each group costs at each ratio.
enum SensitivityVerb {
  private static let arrays = Option.value(
    "arrays",
    "FILE.npy",
    "Images as the network takes them (images x channels x height x width); judged by agreement."
  )
  private static let ratios = Option.value(
    "ratios",
    "LIST",
    "Shares to remove (default 0.1,…,0.9)."
  )
  private static let groups = Option.value(
    "groups",
    "NAMES",
    "Groups by whole name, joined by commas; * stands for any characters (default: all that can be cut)."
  )
  private static let run = Option.value(
    "run",
    "DIR",
    "Keep every image's record in DIR/run.sqlite; what is there is not measured again."
  )
  private static let images = Option.value("images", "N", "Use the first N images.")
  private static let verify = Option.value(
    "verify",
    "K",
    "Recut K points and show the differences."
  )
  private static let bootstrap = Option.value(
    "bootstrap",
    "N",
    "Draws for the interval of each loss (default 200; 0 for none)."
  )
  private static let seed = Option.value("seed", "N", "Seed of draws (default 0).")
  private static let racing = Option.flag(
    "racing",
    "Drop points once their interval lies on one side of --loss: approximate."
  )
  private static let loss = Option.value("loss", "SHARE", "Choose ratios that cost at most this.")
  private static let flops = Option.value(
    "target-flops",
    "SHARE",
    "Choose the least loss that leaves at most this share of multiply-adds."
  )
  private static let size = Option.value(
    "target-size",
    "SHARE",
    "Choose the least loss that leaves at most this share of parameters."
  )
  private static let latency = Option.value(
    "target-latency",
    "SHARE",
    "Choose the least loss that leaves at most this share of the time of a forward pass, measured here."
  )
  static let output = Option.value("output", short: "-o", "FILE", "Write the result as JSON.")
  private static let csv = Option.value("csv", "FILE", "Write the result as a table.")
  static let pickle = Option.value("pickle", "FILE", "Write PaddleSlim's pickle.")
  private static let svg = Option.value("svg", "FILE", "Write the curves as a picture.")
  private static let memory = Option.value(
    "memory",
    "MIB",
    "Memory for values inside the network (default 1024)."
  )

  static let verb = Verb(
    name: "sensitivity",
    summary: "Measure what each channel group costs at each ratio, and choose ratios.",
    operands: [.init(name: "MODEL|RECIPE", help: "An ONNX file, or a recipe with task and data.")],
    options: [
      Eval.anyTask, Eval.data, Eval.list, Eval.classes, Eval.metric, arrays, ratios, groups, run,
      images, verify, bootstrap, seed, racing, loss, flops, size, latency,
      output, csv, pickle, svg, memory, .inputSize, .device,
    ],
    notes: """
      espalier sensitivity small.onnx --data voc:data/VOC2007 --list val --run runs/s -o sensitivity.json --svg s.svg
      espalier sensitivity detector.onnx --task match_teacher --data voc:images --list all      without labels
      espalier sensitivity detector.onnx --arrays images.npy                                    without image files
      espalier sensitivity merge a.json b.json -o both.json

      Stopped or killed, the same command with the same --run goes on where it was.
      """
  ) { invocation, console in
    let settings = try settings(of: invocation)
    let device = try invocation.device()
    let (model, images) = try subject(of: invocation, console, device)
    let groups = ChannelGroups(model.graph, facts: model.facts, operators: model.operators)
    let pruning = ChannelPruning(model.graph, groups: groups)
    var options = CutEvaluator.Options()
    options.device = device
    options.memory = (try invocation.int(memory, in: 1...1 << 24) ?? 1024) << 20
    let hash = try RecordContext.hash(of: model)
    let store = try store(invocation.value(run), model, hash, images, options)
    let evaluator = CutEvaluator(
      model,
      pruning: pruning,
      images: images,
      store: store,
      options: options
    )
    evaluator.tell = console.tell
    let analysis = try SensitivityAnalysis(evaluator, settings: settings)
    let result = try analysis.run(modelHash: hash)
    let checks = try analysis.verify(
      invocation.int(verify, in: 0...1_000_000) ?? 0,
      seed: settings.bootstrap.seed
    )
    console.endProgress()
    let chosen = try choice(of: invocation, result, StrategyContext(model, pruning: pruning))
    try write(result, invocation)
    let report = SensitivityReport(result, work: evaluator.work, checks: checks, chosen: chosen)
    console.write(console.wantsJSON ? report.json.text : report.text)
    return .success
  }

  /// The model and the images that it is judged on.
  private static func subject(
    of invocation: Invocation,
    _ console: Console,
    _ device: Device
  ) throws -> (Model, any EvaluationSet) {
    let limit = try invocation.int(images, in: 1...Int.max)
    if let file = invocation.value(arrays) {
      let model = try invocation.model(console).separatingWeights().computed().keepingBatch()
      return (model, try AgreementImages(model, path: file, limit: limit, device: device))
    }
    let request = try EvalRequest(
      invocation,
      task: Eval.anyTask,
      data: Eval.data,
      list: Eval.list,
      classes: Eval.classes,
      metric: Eval.metric,
      defaultList: "val",
      needsLabels: false,
      stage: .start
    )
    for remark in request.remarks { console.note(remark) }
    var model = try request.model.separatingWeights().computed()
    let stated = try invocation.value(.inputSize).map { text in
      guard let sizes = InputSizeText.parse(text), sizes.count == 4 else {
        throw UsageError.badValue("input-size", text, wanted: "a size such as 416 or 3x416x416")
      }
      return PixelSize(width: sizes[3], height: sizes[2])
    }
    let size = try stated ?? model.imageSize ?? PixelSize(width: 608, height: 608)
    model = try model.resized(
      batch: model.fixedBatch(of: size)?.count ?? model.statedBatch ?? 1,
      to: size
    )
    return (model, try request.plan.images(for: model, limit: limit, device: device))
  }

  private static func store(
    _ folder: String?,
    _ model: Model,
    _ hash: String,
    _ images: any EvaluationSet,
    _ options: CutEvaluator.Options
  ) throws -> any RecordStore {
    guard let folder else { return RecordMemory() }
    try Folder.make(folder)
    let context = RecordContext.hash(
      model: hash,
      images: images.contentHash,
      batch: CutEvaluator.batch(of: model, options)
    )
    return try SensitivityStore(Database("\(folder)/run.sqlite"), context: context)
  }

  private static func settings(of invocation: Invocation) throws -> SensitivityAnalysis.Settings {
    var settings = SensitivityAnalysis.Settings()
    if let text = invocation.value(ratios) {
      settings.ratios = try text.split(separator: ",").map { part in
        guard let ratio = Double(part), ratio > 0, ratio < 1 else {
          throw UsageError.badValue(
            "ratios",
            text,
            wanted: "shares above 0 and below 1, such as 0.1,0.2"
          )
        }
        return ratio
      }
    }
    settings.groups = invocation.value(groups)?.split(separator: ",").map(String.init) ?? []
    let seed = try invocation.int(seed, in: 0...Int.max) ?? 0
    let draws = try invocation.int(bootstrap, in: 0...100_000) ?? 200
    settings.bootstrap = Bootstrap(draws: draws, seed: UInt64(seed))
    if invocation.has(racing) {
      guard let bound = try share(loss, of: invocation) else {
        throw UsageError.needs(
          "--loss",
          because: "--racing settles on which side of it a point lies"
        )
      }
      guard draws > 0 else {
        throw UsageError.badValue("bootstrap", "0", wanted: "draws, which --racing decides by")
      }
      settings.racing = bound
    }
    return settings
  }

  private static func share(_ option: Option, of invocation: Invocation) throws -> Double? {
    guard let text = invocation.value(option) else { return nil }
    guard let share = Double(text), share >= 0, share <= 1 else {
      throw UsageError.badValue(option.name, text, wanted: "a share from 0 to 1")
    }
    return share
  }

  /// The ratios that a loss or a target asks for, through the same rules as the plugin's.
  private static func choice(
    of invocation: Invocation,
    _ result: SensitivityResult,
    _ context: StrategyContext
  ) throws -> [(group: String, ratio: Double)] {
    let (curves, bound) = (result.curves, try share(loss, of: invocation))
    let targets = (try share(flops, of: invocation), try share(size, of: invocation))
    let limit = try share(latency, of: invocation)
    var plan = PruningPlan()
    if targets.0 != nil || targets.1 != nil || limit != nil {
      let clock = try limit.map { _ in try PlanLatency(context, device: invocation.device()) }
      let whole = try context.cost(of: [PruningPlan()])[0]
      let least = try LossCurve.leastLoss(curves, steps: clock == nil ? 20 : 6) { plan in
        let cost = try context.cost(of: [plan])[0]
        return try Double(cost.macs) <= (targets.0 ?? 1) * Double(whole.macs)
          && Double(cost.parameters) <= (targets.1 ?? 1) * Double(whole.parameters)
          && clock?.share(of: plan) ?? 0 <= limit ?? 1
      }
      guard let least else {
        throw Failure(
          .badInput,
          "the largest ratios measured do not reach the target; measure larger ones"
        )
      }
      plan = LossCurve.plan(curves, loss: least)
    } else if let bound {
      plan = LossCurve.plan(curves, loss: bound)
    }
    return curves.compactMap { curve in
      guard case .ratio(let ratio)? = plan.cuts[curve.group] else { return nil }
      return (curve.group, ratio)
    }
  }

  private static func write(_ result: SensitivityResult, _ invocation: Invocation) throws {
    if let path = invocation.value(output) {
      try File.write(Array(result.json.text.utf8), to: path)
    }
    if let path = invocation.value(csv) { try File.write(Array(result.csv.utf8), to: path) }
    if let path = invocation.value(pickle) {
      try SensitivityFile.writePickle(result.curves, to: path)
    }
    if let path = invocation.value(svg) {
      try File.write(Array(SensitivityChart.svg(result).utf8), to: path)
    }
  }
}

/// `espalier sensitivity merge`: two results of one model and one set of images as one.
enum SensitivityMerge {
  static let verb = Verb(
    name: "sensitivity merge",
    summary: "Put two results of `sensitivity`, or two run folders, together.",
    operands: [
      .init(name: "A", help: "A JSON result, or a run folder."),
      .init(name: "B", help: "Another of the same kind."),
    ],
    options: [SensitivityVerb.output, SensitivityVerb.pickle],
    notes: "espalier sensitivity merge a.json b.json -o both.json"
  ) { invocation, console in
    guard let target = invocation.value(SensitivityVerb.output) else {
      throw UsageError.needs("-o", because: "it names what to write")
    }
    let (first, second) = (invocation.operands[0], invocation.operands[1])
    if File.exists("\(first)/run.sqlite"), File.exists("\(second)/run.sqlite") {
      try Folder.make(target)
      let database = try Database("\(target)/run.sqlite")
      for source in [first, second] {
        try SensitivityStore.merge("\(source)/run.sqlite", into: database)
      }
      return .success
    }
    let result = try SensitivityResult.read(first)
      .merged(with: SensitivityResult.read(second), path: second)
    try File.write(Array(result.json.text.utf8), to: target)
    if let path = invocation.value(SensitivityVerb.pickle) {
      try SensitivityFile.writePickle(result.curves, to: path)
    }
    let report = SensitivityReport(result)
    console.write(console.wantsJSON ? report.json.text : report.text)
    return .success
  }
}
