package import Datasets
package import Evaluation
package import Files

/// How a model did on labelled images: the metric and each class's, a column for each input size.
package struct EvaluationReport {
  /// One input size.
  package struct Column: Sendable {
    package let title: String
    package let metricName: String
    package let figures: DetectionFigures
    /// COCO's mean average precision at IoU 0.50, and over 0.50 to 0.95; nil where it was not worked out.
    package let summary: (at50: Double, over50To95: Double)?
    package let times: EvaluationResult.Times
    package let imagesPerSecond: Double
    package let contentHash: String

    /// Figures and times at one size.
    package init(
      title: String,
      metricName: String,
      figures: DetectionFigures,
      summary: (at50: Double, over50To95: Double)? = nil,
      times: EvaluationResult.Times,
      imagesPerSecond: Double,
      contentHash: String
    ) {
      self.title = title
      self.metricName = metricName
      self.figures = figures
      self.summary = summary
      self.times = times
      self.imagesPerSecond = imagesPerSecond
      self.contentHash = contentHash
    }

    /// The figures of a run.
    package init(_ evaluation: DetectionEvaluation, _ run: EvaluationResult) throws {
      let size = evaluation.images.size
      title =
        evaluation.isMultiScale
        ? "multi-scale"
        : size.width == size.height ? "\(size.width)" : "\(size.height)x\(size.width)"
      metricName = evaluation.metricName
      figures = try evaluation.figures(run.records)
      summary = try evaluation.summary(run.records)
      times = run.times
      imagesPerSecond = run.imagesPerSecond
      contentHash = evaluation.contentHash
    }
  }

  let model: String
  let runtime: String?
  let list: String
  let images: Int
  let columns: [Column]

  /// A report on one model and list; `runtime` names what executed it, where that was not our session.
  package init(
    model: String,
    runtime: String? = nil,
    list: String,
    images: Int,
    columns: [Column]
  ) {
    self.model = model
    self.runtime = runtime
    self.list = list
    self.images = images
    self.columns = columns
  }

  /// The table, for people.
  package var text: String {
    guard let first = columns.first else { return "" }
    var table = TextTable(
      [.words("input size"), .numbers("objects")] + columns.map { .numbers($0.title) }
    )
    let asked = first.figures.classes.reduce(0) { $0 + $1.asked }
    table.add(
      [first.metricName, Figures.grouped(asked)] + columns.map { Self.share($0.figures.value) }
    )
    if first.summary != nil {
      table.add(["mAP50", ""] + columns.map { Self.share($0.summary?.at50) })
      table.add(["mAP50-95", ""] + columns.map { Self.share($0.summary?.over50To95) })
    }
    for place in first.figures.classes.indices {
      let category = first.figures.classes[place]
      table.add(
        ["  \(category.name)", Figures.grouped(category.asked)]
          + columns.map { Self.share($0.figures.classes[place].ap) }
      )
    }
    for place in first.figures.others.indices {
      table.add(
        [first.figures.others[place].name, ""]
          + columns.map { Self.share($0.figures.others[place].value) }
      )
    }
    table.addRule()
    table.add(["images/s", ""] + columns.map { Figures.fixed($0.imagesPerSecond, 1) })
    let parts: [(String, KeyPath<EvaluationResult.Times, Double>)] = [
      ("  ms/image, decode", \.decode), ("  ms/image, network", \.forward),
      ("  ms/image, boxes", \.postprocess),
    ]
    for (name, part) in parts {
      table.add(
        [name, ""]
          + columns.map {
            Figures.fixed(1000 * $0.times[keyPath: part] / Double(max(images, 1)), 2)
          }
      )
    }
    let place = runtime.map { " in \($0)" } ?? ""
    return "\(model)\(place) on '\(list)', \(images) images\n\n\(table.text)"
  }

  /// Percent with two decimals; `-` where nothing is asked for.
  private static func share(_ value: Double?) -> String {
    guard let value, value >= 0 else { return "-" }
    return Figures.fixed(100 * value, 2)
  }
}

extension EvaluationReport {
  /// The same as JSON, on the schema `espalier.evaluation/1` of docs/tasks.md.
  package var json: JSONValue {
    [
      "schema": "espalier.evaluation/1",
      "model": .string(model),
      "runtime": runtime.map { .string($0) } ?? .null,
      "list": .string(list),
      "images": .int(images),
      "sizes": .array(columns.map(Self.json)),
    ]
  }

  private static func json(_ column: Column) -> JSONValue {
    [
      "inputSize": .string(column.title),
      "metric": .string(column.metricName),
      "value": .double(column.figures.value),
      "mAP50": column.summary.map { .double($0.at50) } ?? .null,
      "mAP50-95": column.summary.map { .double($0.over50To95) } ?? .null,
      "classes": .array(
        column.figures.classes.map { category in
          [
            "name": .string(category.name), "objects": .int(category.asked),
            "ap": category.ap.map { .double($0) } ?? .null,
          ]
        }
      ),
      "others": .object(column.figures.others.map { .init($0.name, .double($0.value)) }),
      "imagesPerSecond": .double(column.imagesPerSecond),
      "seconds": [
        "decode": .double(column.times.decode), "network": .double(column.times.forward),
        "boxes": .double(column.times.postprocess),
      ],
      "evaluation": .string("sha256:\(column.contentHash)"),
    ]
  }
}
