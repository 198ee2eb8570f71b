import Datasets
import Files
import Graphs
import Reports

/// `espalier data check` and `espalier data synth`: what data sets hold, and one that is drawn.
enum DataVerb {
  private static let format = Option.value(
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
  private static let images = Option.value("images", "N", "Images to draw (default 500).")
  private static let seed = Option.value("seed", "N", "Seed of the drawing (default 0).")
  private static let size = Option.value("size", "WxH", "Size of the images (default 320x320).")

  static let check = Verb(
    name: "data check",
    summary: "Read a data set's annotations, decode every image, and tell what is wrong.",
    operands: [Verb.Operand(name: "DIR", help: "the data set's folder")],
    options: [format, list, classes, problems, pixels, threads],
    notes: """
      espalier data check data/VOCdevkit/VOC2007 --list trainval
      Ends with 1 where something is wrong; problems are printed as path:line: sentence.

      Formats:
      \(HelpText.list(DataFormat.all.map { ($0.name, $0.doc) }))
      """
  ) { invocation, console in
    let root = withoutSlash(invocation.operands[0])
    let found = try detected(root, invocation)
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
    summary:
      "Draw a data set in Pascal VOC's layout: four classes of textured objects over clutter.",
    operands: [Verb.Operand(name: "DIR", help: "the folder to write, empty or not there yet")],
    options: [images, seed, size, threads],
    notes: """
      espalier data synth drawn --images 500 --seed 1 --size 320x320
      The same seed, size and number draw the same bytes. Lists: train (six tenths), val, trainval, test.
      """
  ) { invocation, console in
    let root = withoutSlash(invocation.operands[0])
    let drawing = SyntheticDataset(
      images: try invocation.int(images, in: 5...1_000_000) ?? 500,
      seed: UInt64(try invocation.int(seed, in: 0...Int.max) ?? 0),
      size: try size(invocation)
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
    let lists = drawing.lists
    if console.wantsJSON {
      let result: JSONValue = [
        "schema": "espalier.data-synth/1", "root": .string(root),
        "train": .int(lists.train), "val": .int(lists.val), "test": .int(lists.test),
        "classes": JSONValue(SyntheticScene.classes),
      ]
      console.write(result.text)
    } else {
      console.write(
        "\(root): \(drawing.images) images (train \(lists.train), val \(lists.val), "
          + "test \(lists.test)), classes \(SyntheticScene.classes.joined(separator: ", "))\n"
      )
    }
    return .success
  }

  private static func detected(
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

  private static func size(_ invocation: Invocation) throws -> PixelSize {
    guard let text = invocation.value(size) else { return PixelSize(width: 320, height: 320) }
    let sides = text.split(separator: "x").compactMap { Int($0) }
    guard sides.count == 2, sides.allSatisfy((32...4096).contains) else {
      throw UsageError.badValue("size", text, wanted: "two sides from 32 to 4096, such as 320x320")
    }
    return PixelSize(width: sides[0], height: sides[1])
  }

  private static func withoutSlash(_ path: String) -> String {
    path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
  }
}
