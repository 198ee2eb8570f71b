import Datasets
import Files
import Graphs
import Reports

/// `espalier data split`: lists of train, val and test beside images that stay where they are.
enum DataSplit {
  static let ratios = Option.value(
    "ratios",
    "A,B,C",
    "The shares of train, val and test, or of the first two (default 0.8,0.1,0.1)."
  )
  static let seed = Option.value("seed", "N", "The seed of the split (default 0).")
  private static let list = Option.value(
    "list",
    "NAME",
    repeats: true,
    "A list whose images are split (default: all that there are)."
  )
  private static let force = Option.flag("force", "Write over lists that are there.")
  private static let dryRun = Option.flag(
    "dry-run",
    "Say what would be written, and write nothing."
  )

  static let verb = Verb(
    name: "data split",
    summary: "Write lists of train, val and test, in which each class has its share.",
    operands: [
      Verb.Operand(
        name: "FROM",
        help: "the data set: a folder, a format's own file, or FORMAT:ROOT"
      )
    ],
    options: [DataVerb.format, list, ratios, seed, force, dryRun],
    notes: """
      espalier data split photos/ --ratios 0.7,0.2,0.1 --seed 1
      Pascal VOC gets ImageSets/Main/PART.txt, YOLO PART.txt and a data.yaml (split.yaml beside one that is there), COCO
      annotations/instances_PART.json with all that its one file says. Images are not moved.
      """
  ) { invocation, console in
    let (format, root) = try source(invocation)
    let splitting = try DataSplitting(
      root,
      as: format,
      lists: invocation.values(list),
      by: split(invocation)
    )
    if !invocation.has(dryRun) { try splitting.write(replacing: invocation.has(force)) }
    console.write(console.wantsJSON ? json(root, splitting).text : text(splitting))
    return .success
  }

  /// The data set of the first operand: `FORMAT:ROOT`, or a path whose format is told or seen.
  static func source(_ invocation: Invocation) throws -> (DataFormat, root: String) {
    let text = invocation.operands[0]
    if let colon = text.firstIndex(of: ":"),
      let format = DataFormat(rawValue: String(text[..<colon])),
      !File.exists(text)
    {
      return (format, DataVerb.withoutSlash(String(text[text.index(after: colon)...])))
    }
    let root = DataVerb.withoutSlash(text)
    return (try DataVerb.detected(root, invocation), root)
  }

  /// The shares and the seed that are asked for.
  static func split(_ invocation: Invocation) throws -> SeededSplit {
    let seed = try invocation.int(seed, in: 0...Int.max) ?? SeededSplit.standard.seed
    guard let text = invocation.value(ratios) else {
      return SeededSplit(ratios: SeededSplit.standard.ratios, seed: seed)
    }
    let shares = text.split(separator: ",", omittingEmptySubsequences: false).map {
      Double($0) ?? 0
    }
    guard SeededSplit.allows(shares) else {
      throw UsageError.badValue(
        "ratios",
        text,
        wanted: "two or three numbers above 0, such as 0.8,0.1,0.1"
      )
    }
    return SeededSplit(ratios: shares, seed: seed)
  }

  private static func text(_ splitting: DataSplitting) -> String {
    let parts = splitting.parts
    var table = TextTable([.words("images with")] + parts.map { .numbers($0.name) })
    table.add(["anything"] + parts.map { Figures.grouped($0.images) })
    for (place, name) in splitting.classes.enumerated() {
      table.add([name] + parts.map { Figures.grouped($0.imagesPerClass[place]) })
    }
    let said = splitting.notes.map { "- \($0)\n" }.joined()
    return "\(splitting.result)\n\n\(table.text)" + (said.isEmpty ? "" : "\n\(said)")
  }

  private static func json(_ root: String, _ splitting: DataSplitting) -> JSONValue {
    [
      "schema": "espalier.data-split/1",
      "root": .string(root),
      "result": .string(splitting.result),
      "files": JSONValue(splitting.files.map(\.path)),
      "parts": .array(
        splitting.parts.map { part in
          [
            "part": .string(part.name), "images": .int(part.images),
            "classes": .object(
              zip(splitting.classes, part.imagesPerClass).map { .init($0, .int($1)) }
            ),
          ]
        }
      ),
      "notes": JSONValue(splitting.notes),
    ]
  }
}
