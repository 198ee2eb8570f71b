import Datasets
import Foundation
import Metrics
import TestSupport
import Testing

/// Ultralytics' text format.
struct YOLOTests {
  /// Rows as Ultralytics' own reader has them: duplicates gone, polygons as boxes, in pixels.
  private static let script = #"""
    import glob, json, os, sys
    import numpy as np
    from PIL import Image
    out = []
    for image in sorted(glob.glob(sys.argv[1] + "/images/train/**/*.*", recursive=True)):
        sa, sb = f"{os.sep}images{os.sep}", f"{os.sep}labels{os.sep}"
        label = sb.join(image.rsplit(sa, 1)).rsplit(".", 1)[0] + ".txt"
        width, height = Image.open(image).size
        rows = []
        if os.path.isfile(label):
            with open(label) as file: text = [r.split() for r in file.read().strip().splitlines() if len(r)]
            for row in text:
                numbers = np.array(row, dtype=np.float32)
                if len(row) > 6:
                    x, y = numbers[1:].reshape(-1, 2).T
                    numbers = np.array([numbers[0], (x.min() + x.max()) / 2, (y.min() + y.max()) / 2, x.max() - x.min(), y.max() - y.min()], np.float32)
                rows.append(numbers)
        if rows:
            for c, x, y, w, h in np.unique(np.array(rows, np.float32), axis=0).astype(float):
                out.append([os.path.relpath(image, sys.argv[1]), int(c), (x - w / 2) * width, (y - h / 2) * height, w * width, h * height])
        else: out.append([os.path.relpath(image, sys.argv[1])])
    print(json.dumps(out))
    """#

  private func folder() throws -> ScratchFolder {
    let scratch = try ScratchFolder()
    try scratch.put(
      "train: images/train\nval: images/val\nnames: {0: cat, 1: dog}\n",
      at: "data.yaml"
    )
    try scratch.image("images/train/a.jpg")
    try scratch.put(
      "0 0.5 0.5 0.25 0.5\n1 0.3 0.4 0.123457 0.2\n0 0.5 0.5 0.25 0.5\n",
      at: "labels/train/a.txt"
    )
    try scratch.image("images/train/deep/b.v2.JPG", 64, 48)
    try scratch.put(
      "1 0.1 0.2 0.7 0.25 0.4 0.9\n\n0 0.2 0.2 0.1 0.1",
      at: "labels/train/deep/b.v2.txt"
    )
    try scratch.image("images/train/empty.png")
    try scratch.put("", at: "labels/train/empty.txt")
    try scratch.image("images/train/nolabel.jpeg")
    try scratch.image("images/val/v.jpg")
    return scratch
  }

  @Test(.enabled(Comment(rawValue: Python.reason)) { Python.isPresent })
  func `boxes are those that an independent reading finds`() throws {
    let scratch = try folder()
    let text = try Python.run(Self.script, [scratch.root])
    let expected = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[Any]]
    )
    let dataset = try DataFormat.yolo.read(DataPart(root: scratch.root, list: "train"))
    let found = dataset.entries.flatMap { entry in
      let name = String(entry.path.dropFirst(scratch.root.count + 1))
      return entry.objects.isEmpty
        ? [(name, [Double]())]
        : entry.objects.map {
          (name, [Double($0.category), $0.box.x, $0.box.y, $0.box.width, $0.box.height])
        }
    }
    #expect(found.count == expected.count)
    for row in expected {
      let numbers = row.dropFirst().map { ($0 as? NSNumber)?.doubleValue ?? .nan }
      #expect(
        found.contains { name, box in
          name == row[0] as? String && box.count == numbers.count
            && zip(box, numbers).allSatisfy { abs($0 - $1) < 1e-4 }
        },
        "\(row)"
      )
    }
    #expect(dataset.classes == ["cat", "dog"])
    #expect(dataset.problems.map(\.kind) == [.duplicate])
    #expect(
      dataset.problems.first?.description.hasPrefix("\(scratch.path("labels/train/a.txt")):3:")
        == true
    )
    #expect(dataset.entries.map(\.size).contains(PixelSize(width: 64, height: 48)))
  }

  @Test(arguments: [
    ("0 0.5 0.5 0.1", "4 numbers"), ("0 0.5 0.5 0.1 0.1 0.1", "6 numbers"),
    ("0 0.5 x 0.1 0.1", "'x' is not a number"), ("0 0.5 nan 0.1 0.1", "'nan' is not a number"),
    ("0 20 0.5 0.1 0.1", "'20' is not a share"), ("0 0.5 0.5 -0.2 0.1", "'-0.2' is not a share"),
    ("2 0.5 0.5 0.1 0.1", "no class 2: there are 2"), ("-1 0.5 0.5 0.1 0.1", "'-1' is not a class"),
    ("0.5 0.5 0.5 0.1 0.1", "'0.5' is not a class"),
  ])
  func `a row that is none is told with file and line, and its image left out`(
    row: String,
    message: String
  ) throws {
    let scratch = try folder()
    try scratch.put("0 0.5 0.5 0.25 0.5\n\(row)\n", at: "labels/train/a.txt")
    var part = DataPart(root: scratch.root, list: "train")
    let dataset = try DataFormat.yolo.read(part)
    #expect(dataset.entries.count == 3)
    let problem = try #require(dataset.problems.first)
    #expect(problem.path == scratch.path("labels/train/a.txt") && problem.line == 2)
    #expect(problem.message.contains(message), "\(problem)")
    part.policy = .refuse
    #expect(throws: DataError.self) { try DataFormat.yolo.read(part) }
  }

  @Test func `labels lie where the last images of the path is labels`() {
    #expect(YOLO.labelFile(of: "/images/x/images/a.b.jpg") == "/images/x/labels/a.b.txt")
    #expect(YOLO.labelFile(of: "images/train/a.JPG") == "labels/train/a.txt")
    #expect(YOLO.labelFile(of: "/x/my_images/a.jpg") == "/x/my_images/a.txt")
    #expect(YOLO.labelFile(of: "/images/a.jpg") == "/labels/a.txt")
  }

  /// Descriptions of the same two images, by the list that is asked for.
  @Test(arguments: [
    ("path: sub\ntrain: [images/one, images/two]\nval: images/one\nnc: 2\n", "train", ["a", "b"]),
    ("path: sub\ntrain: images/two\nvalidation: images/one\nnames: [x, y]\n", "val", ["a"]),
    ("train: ../sub/images/two\nval: ../sub/images/one\nnames:\n - x\n - y\n", "train", ["b"]),
    (
      "path: /nowhere\ntrain: lists/all.txt\nval: sub/images/one\nnames: {1: y, 0: x}\n", "train",
      ["b", "a"]
    ),
  ])
  func `descriptions name folders, lists of them, and files`(
    yaml: String,
    list: String,
    expected: [String]
  ) throws {
    let scratch = try ScratchFolder()
    try scratch.put(yaml, at: "data.yaml")
    try scratch.image("sub/images/one/a.jpg")
    try scratch.image("sub/images/two/b.jpg")
    try scratch.put("1 0.5 0.5 0.5 0.5", at: "sub/labels/two/b.txt")
    // From the list's folder, from the data's, and one that is nowhere.
    try scratch.put(
      "./../sub/images/two/b.jpg\nsub/images/one/a.jpg\nsub/images/one/c.jpg\n",
      at: "lists/all.txt"
    )
    for root in [scratch.root, scratch.path("data.yaml")] {
      let dataset = try DataFormat.yolo.read(DataPart(root: root, list: list))
      #expect(dataset.entries.map(\.id) == expected)
      #expect(dataset.classes.count == 2)
      #expect(dataset.entries.last?.objects.count == (expected.last == "b" ? 1 : 0))
      let isListed = yaml.contains("all.txt")
      #expect(dataset.problems.map(\.line) == (isListed ? [3] : []))
      #expect(dataset.notes.isEmpty != yaml.contains("/nowhere"))
    }
  }

  @Test(arguments: [
    ("train: images\nnames: [a]\nnc: 2\n", "'nc' is 2 and there are 1 'names'"),
    ("train: images\nnames: {0: a, 2: b}\n", "'names' has '2'"),
    ("train: {a: b}\nnames: [a]\n", "'train' is a mapping"), ("names: [a]\n", "names no images"),
    ("train: [\n", "not YAML"), ("- a\n", "it is a list"), ("train: gone\nnames: [a]\n", "gone"),
  ])
  func `descriptions that cannot be used are errors that name the file`(
    yaml: String,
    message: String
  ) throws {
    let scratch = try ScratchFolder()
    try scratch.put(yaml, at: "data.yaml")
    try scratch.image("images/a.jpg")
    let error = #expect(throws: DataError.self) {
      try DataFormat.yolo.read(DataPart(root: scratch.root, list: "train"))
    }
    let text = error.map { "\($0)" } ?? ""
    #expect(text.contains(message) && text.contains("data.yaml"), "\(text)")
  }

  @Test func `folders alone are read, with names where classes say them`() throws {
    let scratch = try ScratchFolder()
    for part in ["train", "val"] {
      try scratch.image("images/\(part)/\(part)1.jpg")
      try scratch.put("2 0.5 0.5 0.5 0.5\n", at: "labels/\(part)/\(part)1.txt")
    }
    #expect(try DataFormat.detected(in: scratch.root) == .yolo)
    #expect(try DataFormat.yolo.lists(scratch.root) == ["train", "val"])
    let part = DataPart(root: scratch.root, list: "val")
    #expect(try DataFormat.yolo.read(part).classes == ["class_0", "class_1", "class_2"])
    try scratch.put("a\nb\nc\n", at: "classes.txt")
    #expect(try DataFormat.yolo.read(part).classes == ["a", "b", "c"])
    var named = part
    named.classes = ["c", "b", "a"]
    #expect(throws: DataError.self) { try DataFormat.yolo.read(named) }
  }

  @Test func `a folder of each part, as services export it, is read without a description`() throws
  {
    let scratch = try ScratchFolder()
    for part in ["train", "valid"] {
      try scratch.image("\(part)/images/x.jpg")
      try scratch.put("0 0.5 0.5 0.5 0.5\n", at: "\(part)/labels/x.txt")
    }
    #expect(try DataFormat.yolo.lists(scratch.root) == ["train", "valid"])
    let found = try DataFormat.yolo.read(DataPart(root: scratch.root, list: "val"))
    #expect(found.entries.map(\.path) == [scratch.path("valid/images/x.jpg")])
    #expect(found.entries.first?.objects.count == 1)
  }

  @Test func `images of one name in two folders have ids of their own`() throws {
    let scratch = try ScratchFolder()
    try scratch.put("train: [images/a, images/b]\nnames: [x]\n", at: "data.yaml")
    for folder in ["a", "b"] { try scratch.image("images/\(folder)/1.jpg") }
    let dataset = try DataFormat.yolo.read(DataPart(root: scratch.root, list: "train"))
    #expect(dataset.entries.map(\.id) == ["a/1", "b/1"])
  }
}
