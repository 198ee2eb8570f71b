import Datasets
import Evaluation
import Files
import Graphs
import Reports

/// `espalier data convert`: a data set in another format, its images linked or copied.
enum DataConvert {
  private static let formats = alternatives(FormatWriter.all.map(\.format.name))
  private static let to = Option.value(
    "to",
    "FORMAT:ROOT",
    "The folder to write, where it is no operand; formats are \(formats)."
  )
  private static let list = Option.value(
    "list",
    "NAME",
    repeats: true,
    "A list or split to take over (default: all that there are)."
  )
  private static let classes = Option.value(
    "classes",
    "A,B",
    "Class names in order (default: the data set's own)."
  )
  private static let copy = Option.flag(
    "copy",
    "Copy images; else they get a second name (hard link)."
  )
  static let force = Option.flag("force", "Write where something is already, which goes.")

  static let verb = Verb(
    name: "data convert",
    summary: "Write a data set in another format: \(formats).",
    operands: [
      Verb.Operand(
        name: "FROM",
        help: "the data set: a folder, a format's own file, or FORMAT:ROOT"
      ),
      Verb.Operand(name: "TO", isOptional: true, help: "the folder to write, FORMAT:ROOT"),
    ],
    options: [to, DataVerb.format, list, classes, DataSplit.ratios, DataSplit.seed, copy, force],
    notes: """
      espalier data convert data/VOC2007 yolo:data/voc-yolo
      espalier data convert photos/ coco:photos-coco --copy       labelImg's XML beside images
      Boxes and classes are taken over; what the format cannot hold is counted and said. Polygons, masks, key points and other
      attributes of the source are not written. Where there are no lists, train, val and test follow from names and --seed.
      The folder appears when it is whole.
      """
  ) { invocation, console in
    let (format, root) = try DataSplit.source(invocation)
    let (writer, target) = try target(invocation)
    let names = invocation.value(classes)?.split(separator: ",").map(String.init)
    let set = ConvertedSet(
      try parts(root, format, invocation.values(list), names, DataSplit.split(invocation))
    )
    let images = set.parts.reduce(0) { $0 + $1.items.count }
    let notes = try writer.write(
      set,
      to: target,
      copies: invocation.has(copy),
      replacing: invocation.has(force)
    ) { done in
      if done == images || done.isMultiple(of: 500) {
        console.progress("\(done) of \(images) images")
      }
    }
    console.endProgress()
    let result = "\(writer.format):\(target)"
    console.write(
      console.wantsJSON ? json(root, result, set, notes).text : text(result, set, notes)
    )
    return .success
  }

  /// The parts of a data set; those that a seed makes where there are no lists.
  private static func parts(
    _ root: String,
    _ format: DataFormat,
    _ lists: [String],
    _ classes: [String]?,
    _ split: SeededSplit
  ) throws -> [(part: String, dataset: Dataset)] {
    guard format.isLabelled else {
      throw UsageError.badValue("format", format.name, wanted: "a format with labels")
    }
    let read = try DataParts.read(root, as: format, lists: lists, classes: classes)
    guard lists.isEmpty, read.count == 1, read[0].part == SeededSplit.whole else { return read }
    return split.parts(of: read[0].dataset)
  }

  private static func target(_ invocation: Invocation) throws -> (FormatWriter, root: String) {
    let operand = invocation.operands.dropFirst().first
    if operand != nil, invocation.value(to) != nil { throw UsageError.conflict("to", "TO") }
    guard let text = operand ?? invocation.value(to) else {
      throw UsageError.needs(
        "TO",
        because: "it names the format and the folder to write, such as yolo:data/cards"
      )
    }
    guard let colon = text.firstIndex(of: ":"),
      let writer = FormatWriter.all.first(where: { $0.format.name == text[..<colon] }),
      text.index(after: colon) < text.endIndex
    else {
      throw UsageError.badValue("to", text, wanted: "FORMAT:ROOT with the format \(formats)")
    }
    return (writer, DataVerb.withoutSlash(String(text[text.index(after: colon)...])))
  }

  private static func text(_ result: String, _ set: ConvertedSet, _ notes: [String]) -> String {
    var table = TextTable([.words("part"), .numbers("images"), .numbers("boxes")])
    for part in set.parts {
      table.add([part.name, Figures.grouped(part.items.count), Figures.grouped(part.boxes)])
    }
    let said = notes.map { "- \($0)\n" }.joined()
    return "\(result): \(set.classes.count) classes\n\n\(table.text)"
      + (said.isEmpty ? "" : "\n\(said)")
  }

  private static func json(
    _ root: String,
    _ result: String,
    _ set: ConvertedSet,
    _ notes: [String]
  ) -> JSONValue {
    [
      "schema": "espalier.data-convert/1",
      "root": .string(root),
      "result": .string(result),
      "classes": JSONValue(set.classes),
      "parts": .array(
        set.parts.map { part in
          [
            "part": .string(part.name), "images": .int(part.items.count), "boxes": .int(part.boxes),
          ]
        }
      ),
      "notes": JSONValue(notes),
    ]
  }
}
