import Datasets
import Files
import Graphs
import Metrics
import Reports

/// `espalier score`: the figures of COCO, Pascal VOC and WIDER FACE for files that anyone made.
enum Score {
  private static let truth = Option.value("truth", "PATH", "What there is to find; see below.")
  private static let detections = Option.value("detections", "PATH", "What was found; see below.")
  private static let perClass = Option.flag("per-class", "Print each class's figures, too.")
  private static let faults = Option.value(
    "faults",
    "WHAT",
    "What to do about entries that cannot be used: skip (default; they are counted) or refuse."
  )
  private static let mode = Option.value(
    "mode",
    "MODE",
    "\(alternatives(VOCMode.allCases.map(\.rawValue))) (default \(VOCMode.elevenPoint.rawValue))."
  )
  private static let threshold = Option.value("iou", "T", "The IoU to exceed (default 0.5).")
  private static let list = Option.value(
    "list",
    "NAME",
    "The list of a folder in VOC's layout to score, such as test (default: every file)."
  )

  private static let presentOnly = Option.flag(
    "present-only",
    "Score only the images that have a file of detections, not all of the lists."
  )

  /// COCO's twelve figures.
  static let coco = Verb(
    name: "score coco",
    summary: "Score detections by COCO's twelve figures.",
    options: [truth, detections, perClass, faults],
    notes: """
      --truth       an annotation file (instances_val2017.json)
      --detections  a results file: a list of {"image_id", "category_id", "bbox", "score"}
      """
  ) { invocation, console in
    let input = try ScoringInput.coco(
      truth: try path(truth, invocation),
      detections: try path(detections, invocation),
      faults: try policy(invocation)
    )
    let matching = COCOMatching(
      truths: input.truths,
      detections: input.detections,
      images: input.images.count,
      classes: input.classes.count
    )
    return write(ScoreReport(matching.result(), input), invocation, console)
  }

  /// Pascal VOC's mean average precision, in three modes.
  static let voc = Verb(
    name: "score voc",
    summary: "Score detections by Pascal VOC's mean average precision.",
    options: [truth, detections, mode, threshold, list, perClass, faults],
    notes: """
      --truth       a folder of XML files, or of text files with rows 'class x y width height'
      --detections  a folder of comp4_det_test_CLASS.txt, or of text files with rows 'class score x y width height'
      """
  ) { invocation, console in
    let name = invocation.value(mode) ?? VOCMode.elevenPoint.rawValue
    guard let chosen = VOCMode(rawValue: name) else {
      let known = VOCMode.allCases.map(\.rawValue).joined(separator: ", ")
      throw UsageError.badValue("mode", name, wanted: "one of \(known)")
    }
    let overlap = invocation.value(threshold).map { Double($0) ?? .nan } ?? 0.5
    guard overlap >= 0, overlap < 1 else {
      let text = invocation.value(threshold) ?? ""
      throw UsageError.badValue("iou", text, wanted: "a number from 0 to below 1")
    }
    let input = try ScoringInput.voc(
      truth: try path(truth, invocation),
      list: invocation.value(list),
      detections: try path(detections, invocation),
      faults: try policy(invocation)
    )
    let matching = VOCMatching(
      truths: input.truths,
      detections: input.detections,
      images: input.images.count,
      classes: input.classes.count,
      threshold: overlap
    )
    let report = ScoreReport(matching.result(chosen), input, threshold: overlap)
    return write(report, invocation, console)
  }

  /// WIDER FACE's easy, medium and hard figures.
  static let wider = Verb(
    name: "score wider",
    summary: "Score face detections by WIDER FACE's easy, medium and hard figures.",
    options: [truth, detections, presentOnly, perClass, faults],
    notes: """
      --truth       the official tool's ground_truth folder (wider_face_val.mat and wider_{easy,medium,hard}_val.mat),
                    or wider_face_val_bbx_gt.txt, which has no subsets
      --detections  a folder EVENT/NAME.txt: the name, the number of faces, rows 'x y width height score'
      """
  ) { invocation, console in
    let input = try WiderFaceScoring(
      truth: try path(truth, invocation),
      detections: try path(detections, invocation),
      faults: try policy(invocation),
      isPresentOnly: invocation.has(presentOnly)
    )
    if invocation.has(presentOnly) {
      console.note("figures are of the \(input.images.count) images that have a file of detections")
    }
    return write(ScoreReport(WiderFaceAP(input.images), input), invocation, console)
  }

  private static func path(_ option: Option, _ invocation: Invocation) throws(UsageError) -> String
  {
    guard let path = invocation.value(option) else {
      throw .needs("--\(option.name)", because: "scoring compares --truth with --detections")
    }
    return path
  }

  private static func policy(_ invocation: Invocation) throws(UsageError) -> FaultPolicy {
    guard let text = invocation.value(faults) else { return .skip }
    guard let policy = FaultPolicy(rawValue: text) else {
      throw .badValue("faults", text, wanted: "skip or refuse")
    }
    return policy
  }

  private static func write(
    _ report: ScoreReport,
    _ invocation: Invocation,
    _ console: Console
  ) -> ExitCode {
    let all = invocation.has(perClass)
    console.write(
      console.wantsJSON ? report.json(perClass: all).text : report.text(perClass: all)
    )
    for problem in report.problems.prefix(5) { console.note("\(problem)") }
    if report.problems.count > 5 {
      console.note("\(report.problems.count - 5) more problems; --json lists them")
    }
    return .success
  }
}
