import Datasets
package import Files

extension ScoreReport {
  /// The table, for people.
  ///
  /// - Parameter perClass: whether each class has a line.
  /// - Returns: what was scored, the figures, and the classes where they are asked for.
  package func text(perClass: Bool) -> String {
    var text =
      "\(Figures.grouped(images)) images, \(Figures.grouped(truths)) objects, "
      + "\(Figures.grouped(detections)) detections\n\(rules)\n\n"
    var table = TextTable([.words("figure"), .numbers("value")])
    for (name, value) in zip(names, values) { table.add([name, Self.figure(value)]) }
    text += table.text
    if perClass, !shown.isEmpty {
      var classes = TextTable(
        [.words("class"), .numbers("objects")] + shown.map { .numbers(rowNames[$0]) }
      )
      for row in rows {
        classes.add(
          [row.name, Figures.grouped(row.objects)] + shown.map { Self.figure(row.values[$0]) }
        )
      }
      text += "\n\(classes.text)"
    }
    return text
  }

  /// The same as JSON, on the schema `espalier.score/1` of docs/scoring.md.
  package func json(perClass: Bool) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("schema", "espalier.score/1"),
      .init("metric", .string(metric)),
      .init("rules", .string(rules)),
      .init("images", .int(images)),
      .init("truths", .int(truths)),
      .init("detections", .int(detections)),
      .init("figures", Self.figures(names, values)),
      .init("problems", .array(problems.prefix(1000).map { .string("\($0)") })),
      .init("problemCount", .int(problems.count)),
    ]
    if perClass {
      members.append(
        .init(
          "classes",
          .array(
            rows.map { row in
              [
                "name": .string(row.name), "objects": .int(row.objects),
                "figures": Self.figures(rowNames, row.values),
              ]
            }
          )
        )
      )
    }
    return .object(members)
  }

  private static func figures(_ names: [String], _ values: [Double?]) -> JSONValue {
    .object(zip(names, values).map { .init($0, $1.map { .double($0) } ?? .null) })
  }

  private static func figure(_ value: Double?) -> String {
    value.map { Figures.fixed($0, 4) } ?? "-"
  }
}
