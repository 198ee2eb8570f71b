package import Datasets
package import Files

/// What a data set holds and what is wrong with it.
package struct DataReport: Sendable {
  private let checks: [(part: String, check: DatasetCheck)]
  private let root: String
  private let format: DataFormat
  /// The most problems that the table of problems lists.
  private let shown: Int

  /// A report on the parts (lists, splits) of a folder.
  package init(
    root: String,
    format: DataFormat,
    checks: [(part: String, check: DatasetCheck)],
    shown: Int = 20
  ) {
    self.root = root
    self.format = format
    self.checks = checks
    self.shown = shown
  }

  /// Whether nothing is wrong in any part.
  package var isSound: Bool { checks.allSatisfy { $0.check.problems.isEmpty } }

  /// The tables, for people.
  package var text: String {
    var text = "\(root): \(format.name)\n"
    for (part, check) in checks { text += "\n" + self.text(part, check) }
    let count = checks.reduce(0) { $0 + $1.check.problems.count }
    return text + (count == 0 ? "\nnothing is wrong\n" : "\n\(count) problems\n")
  }

  private func text(_ part: String, _ check: DatasetCheck) -> String {
    let boxes = check.boxesPerClass.reduce(0, +)
    var text =
      "\(part): \(Figures.grouped(check.dataset.entries.count)) images, "
      + "\(Figures.grouped(boxes)) boxes"
    let remarks = [
      (check.emptyImages, "images without boxes"), (check.difficultBoxes, "difficult"),
      (check.crowdBoxes, "crowds"),
    ]
    for (count, name) in remarks where count > 0 { text += ", \(Figures.grouped(count)) \(name)" }
    text += "\nsizes: " + sizes(check) + "\n\n"
    var classes = TextTable([.words("class"), .numbers("boxes"), .numbers("%")])
    for (name, count) in zip(check.dataset.classes, check.boxesPerClass) {
      let share = boxes > 0 ? 100 * Double(count) / Double(boxes) : 0
      classes.add([name, Figures.grouped(count), Figures.fixed(share, 1)])
    }
    text += classes.text
    guard !check.problems.isEmpty else { return text }
    var kinds = TextTable([.words("problem"), .numbers("count")])
    for (kind, count) in check.problemCounts { kinds.add([kind.rawValue, Figures.grouped(count)]) }
    text += "\n" + kinds.text + "\n"
    for problem in check.problems.prefix(shown) { text += "\(problem)\n" }
    if check.problems.count > shown { text += "… and \(check.problems.count - shown) more\n" }
    return text
  }

  private func sizes(_ check: DatasetCheck) -> String {
    let named = check.sizes.prefix(3).map { "\($0.size.width)x\($0.size.height) (\($0.count))" }
    let rest = check.sizes.count - named.count
    return named.joined(separator: ", ") + (rest > 0 ? " and \(rest) others" : "")
  }

  /// The same as JSON, on the schema of docs/cli.md; every problem is there.
  package var json: JSONValue {
    [
      "schema": "espalier.data-check/1",
      "root": .string(root),
      "format": .string(format.name),
      "sound": .bool(isSound),
      "parts": .array(checks.map { Self.json($0.part, $0.check) }),
    ]
  }

  private static func json(_ part: String, _ check: DatasetCheck) -> JSONValue {
    [
      "part": .string(part),
      "images": .int(check.dataset.entries.count),
      "emptyImages": .int(check.emptyImages),
      "difficult": .int(check.difficultBoxes),
      "crowds": .int(check.crowdBoxes),
      "classes": .array(
        zip(check.dataset.classes, check.boxesPerClass).map { name, count in
          ["name": .string(name), "boxes": .int(count)]
        }
      ),
      "sizes": .array(
        check.sizes.map { size, count in
          ["width": .int(size.width), "height": .int(size.height), "images": .int(count)]
        }
      ),
      "problemCounts": .object(
        check.problemCounts.map { JSONValue.Member($0.kind.rawValue, .int($0.count)) }
      ),
      "problems": .array(
        check.problems.map { problem in
          [
            "kind": .string(problem.kind.rawValue), "path": .string(problem.path),
            "line": JSONValue(problem.line), "message": .string(problem.message),
          ]
        }
      ),
    ]
  }
}
