import Datasets
import Evaluation
import Files
import Models
import Operators
import Reports

/// `espalier report`: a baseline and what was made of it, side by side, as the compression benchmark prints them.
enum Report {
  static let verb = Verb(
    name: "report",
    summary: "Compare models with the first of them: metric, multiply-adds, size, image rate.",
    operands: [
      .init(name: "MODEL|RECIPE", help: "The baseline."),
      .init(
        name: "MODEL",
        isOptional: true,
        repeats: true,
        help: "ONNX files that were made of it."
      ),
    ],
    options: [
      Eval.task, Eval.data, Eval.list, Eval.classes, Eval.metric, Eval.sizes, Eval.batch, .device,
    ],
    notes: """
      espalier report baseline.onnx r578.onnx small.onnx --data voc:data/VOC2007 --list test --sizes 608,416,320
      """
  ) { invocation, console in
    let request = try EvalRequest(
      invocation,
      task: Eval.task,
      data: Eval.data,
      list: Eval.list,
      classes: Eval.classes,
      metric: Eval.metric
    )
    for remark in request.remarks { console.note(remark) }
    let batch = try invocation.int(Eval.batch, in: 1...4096) ?? 8
    let dataset = try request.plan.dataset()
    for note in dataset.notes { console.note(note) }
    let models = try [request.model] + invocation.operands.dropFirst().map { try Model.read($0) }
    let sides = try Eval.sides(invocation.value(Eval.sizes), request.model)
    var rows: [ComparisonReport.Row] = []
    for model in models {
      let columns = try sides.map { size in
        console.progress("\(model.name) at \(size.width)x\(size.height)")
        let column = try Eval.column(
          model,
          request,
          dataset,
          size,
          batch,
          in: .session(invocation.device())
        )
        return try EvaluationReport.Column(column.evaluation, column.run)
      }
      let images = model.fixedBatch(of: sides.first)?.count ?? 1
      let counted = try sides.first.map { try model.resized(batch: images, to: $0) } ?? model
      rows.append(
        ComparisonReport.Row(
          name: model.name,
          columns: columns,
          multiplyAdds: counted.cost.multiplyAdds / images,
          parameters: counted.cost.parameters,
          bytes: FileFacts.size(of: model.name)
        )
      )
    }
    console.endProgress()
    let report = ComparisonReport(
      rows,
      list: request.plan.split.list,
      images: dataset.entries.count
    )
    console.write(console.wantsJSON ? report.json.text : report.text)
    return .success
  }
}
