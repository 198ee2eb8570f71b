import Datasets
import Files
import Graphs
import Reports

/// `espalier data check` and `espalier data synth`: what data sets hold, and one that is drawn.
enum DataVerb {
  static let format = Option.value(
    "format",
    "NAME",
    "\(alternatives(DataFormat.all.map(\.name))) (default: what the folder looks like)."
  )
  private static let list = Option.value(
    "list",
    "NAME",
    repeats: true,
    "A list or split to check, such as trainval or val (default: all that there are)."
  )
  private static let classes = Option.value(
    "classes",
    "A,B",
    "Class names in order (default: the data set's own)."
  )
  private static let problems = Option.value(
    "problems",
    "N",
    "The most problems to print for each list (default 20); --json has all."
  )
  private static let pixels = Option.value(
    "max-pixels",
    "N",
    "The most pixels of an image to decode (default 100 million)."
  )
  private static let threads = Option.value(
    "threads",
    "N",
    "Threads that work at once (default 2)."
  )
  private static let kind = Option.value(
    "kind",
    "NAME",
    "What to draw: \(alternatives(SyntheticKind.all.map(\.name))) (default \(SyntheticKind.shapes))."
  )
  private static let layout = Option.value(
    "format",
    "NAME",
    "The folder's layout (default: the kind's first)."
  )
  private static let images = Option.value("images", "N", "Images to draw (default 500).")
  private static let seed = Option.value("seed", "N", "Seed of the drawing (default 0).")
  private static let size = Option.value("size", "WxH", "Size of the images (default: the kind's).")

  static let check = Verb(
    name: "data check",
    summary: "Read a data set's annotations, decode every image, and tell what is wrong.",
    operands: [
      Verb.Operand(name: "DIR", help: "the data set's folder, a format's own file, or FORMAT:ROOT")
    ],
    options: [format, list, classes, problems, pixels, threads],
    notes: """
      espalier data check data/VOCdevkit/VOC2007 --list trainval
      Ends with 1 where something is wrong; problems are printed as path:line: sentence.

      Formats:
      \(HelpText.list(DataFormat.all.map { ($0.name, $0.doc) }))
      """
  ) { invocation, console in
    let (found, root) = try DataSplit.source(invocation)
    let limit = try invocation.int(pixels, in: 1...Int.max) ?? Picture.defaultLimit
    let threads = try invocation.int(threads, in: 1...256) ?? 2
    var checks: [(part: String, check: DatasetCheck)] = []
    for (part, dataset) in try DataParts.read(
      root,
      as: found,
      lists: invocation.values(list),
      classes: invocation.value(classes)?.split(separator: ",").map(String.init)
    ) {
      let count = dataset.entries.count
      let check = DatasetCheck(dataset, limit: limit, threads: threads) { done in
        if done == count || done.isMultiple(of: 500) {
          console.progress("\(part): \(done) of \(count) images")
        }
      }
      checks.append((part, check))
      for note in dataset.notes { console.note("\(part): \(note)") }
    }
    console.endProgress()
    let report = DataReport(
      root: root,
      format: found,
      checks: checks,
      shown: try invocation.int(problems, in: 0...Int.max) ?? 20
    )
    console.write(console.wantsJSON ? report.json.text : report.text)
    return report.isSound ? .success : .checkFailed
  }

  static let synth = Verb(
    name: "data synth",
    summary: "Draw a data set: textured shapes of four classes, or faces of many sizes.",
    operands: [Verb.Operand(name: "DIR", help: "the folder to write, empty or not there yet")],
    options: [kind, layout, images, seed, size, threads],
    notes: """
      espalier data synth drawn --images 500 --seed 1 --size 320x320
      espalier data synth faces --kind faces --images 2000
      The same seed, size and number draw the same bytes.

      Kinds:
      \(HelpText.list(SyntheticKind.all.map { ($0.name, "\($0.doc) Layouts: \(formats($0)).") }))
      """
  ) { invocation, console in
    let root = withoutSlash(invocation.operands[0])
    let kind = try kind(invocation)
    let drawing = SyntheticDataset(
      kind,
      images: try invocation.int(images, in: 5...1_000_000) ?? 500,
      seed: UInt64(try invocation.int(seed, in: 0...Int.max) ?? 0),
      size: try size(invocation),
      format: try layout(invocation, of: kind)
    )
    try drawing.write(
      to: root,
      threads: try invocation.int(threads, in: 1...256) ?? 2
    ) { done in
      if done == drawing.images || done.isMultiple(of: 100) {
        console.progress("\(done) of \(drawing.images) images")
      }
    }
    console.endProgress()
    if console.wantsJSON {
      let result: [JSONValue.Member] =
        [.init("schema", "espalier.data-synth/1"), .init("root", .string(root))]
        + drawing.lists.map { .init($0.name, .int($0.images)) }
        + [.init("classes", JSONValue(kind.classes)), .init("kind", .string(kind.name))]
      console.write(JSONValue.object(result).text)
    } else {
      let lists = drawing.lists.map { "\($0.name) \($0.images)" }.joined(separator: ", ")
      console.write(
        "\(root): \(drawing.images) images (\(lists)), \(kind.classes.count == 1 ? "class" : "classes") "
          + "\(kind.classes.joined(separator: ", "))\n"
      )
    }
    return .success
  }

  private static func formats(_ kind: SyntheticKind) -> String {
    kind.formats.map(\.name).joined(separator: ", ")
  }

  private static func kind(_ invocation: Invocation) throws -> SyntheticKind {
    guard let name = invocation.value(kind) else { return .shapes }
    guard let kind = SyntheticKind(rawValue: name) else {
      let known = alternatives(SyntheticKind.all.map(\.name))
      throw UsageError.badValue("kind", name, wanted: known)
    }
    return kind
  }

  private static func layout(
    _ invocation: Invocation,
    of kind: SyntheticKind
  ) throws -> DataFormat? {
    guard let name = invocation.value(layout) else { return nil }
    guard let format = kind.formats.first(where: { $0.name == name }) else {
      let known = alternatives(kind.formats.map(\.name))
      throw UsageError.badValue("format", name, wanted: "\(known) for \(kind)")
    }
    return format
  }

  static func detected(
    _ root: String,
    _ invocation: Invocation
  ) throws -> DataFormat {
    guard let name = invocation.value(format) else { return try DataFormat.detected(in: root) }
    guard let format = DataFormat(rawValue: name) else {
      throw UsageError.badValue(
        "format",
        name,
        wanted: "one of \(alternatives(DataFormat.all.map(\.name)))"
      )
    }
    return format
  }

  private static func size(_ invocation: Invocation) throws -> PixelSize? {
    guard let text = invocation.value(size) else { return nil }
    let sides = text.split(separator: "x").compactMap { Int($0) }
    guard sides.count == 2, sides.allSatisfy((32...4096).contains) else {
      throw UsageError.badValue("size", text, wanted: "two sides from 32 to 4096, such as 320x320")
    }
    return PixelSize(width: sides[0], height: sides[1])
  }

  static func withoutSlash(_ path: String) -> String {
    path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
  }
}
