import Datasets
import Foundation
import TestSupport
import Testing

/// Images beside their XML files, as labelImg writes them.
struct LabelImgTests {
  private func xml(_ filename: String, path: String = "", name: String = "cat") -> String {
    """
    <annotation><folder>x</folder><filename>\(filename)</filename><path>\(path)</path>
    <size><width>40</width><height>20</height><depth>3</depth></size>
    <object><name>\(name)</name><difficult>0</difficult>
    <bndbox><xmin>3</xmin><ymin>4</ymin><xmax>20</xmax><ymax>12</ymax></bndbox></object></annotation>
    """
  }

  @Test func `images are found by name in any letters, else by what the annotation says`() throws {
    let scratch = try ScratchFolder()
    let elsewhere = try ScratchFolder()
    try scratch.image("a.JPG")
    try scratch.put(xml("a.JPG", path: "/home/anna/a.JPG"), at: "a.XML")
    try scratch.image("photo.7.PNG")
    try scratch.put(xml("photo.7"), at: "b.xml")
    try scratch.image("c.Jpeg")
    try scratch.put(xml("other", path: #"C:\pictures\c.jpg"#), at: "third.xml")
    try elsewhere.image("d.jpg")
    try scratch.put(xml("gone.jpg", path: elsewhere.path("d.jpg")), at: "fourth.xml")
    try scratch.put(xml("nowhere.jpg", path: "/nowhere/n.jpg"), at: "none.xml")
    try scratch.image("unlabelled.jpg")
    #expect(try DataFormat.detected(in: scratch.root) == .voc)
    #expect(try DataFormat.voc.lists(scratch.root) == [SeededSplit.whole])
    let dataset = try DataFormat.voc.read(DataPart(root: scratch.root, list: "all"))
    let found = dataset.entries.map { "\($0.id) \(URL(filePath: $0.path).lastPathComponent)" }
    #expect(found == ["a a.JPG", "b photo.7.PNG", "fourth d.jpg", "third c.Jpeg"])
    #expect(dataset.entries.allSatisfy { $0.objects.count == 1 })
    #expect(dataset.problems.map(\.kind) == [.missingImage])
    #expect(dataset.problems.first?.path == scratch.path("none.xml"))
    // a.JPG has its file; what others are named for their XML does not count.
    #expect(dataset.notes.contains { $0.contains("unlabelled.jpg") || $0.contains("have no XML") })
    #expect(dataset.classes == PascalVOC.classes)
  }

  @Test func `an image that stands under the XML's own name goes before another that it names`()
    throws
  {
    let scratch = try ScratchFolder()
    for name in ["a.jpg", "b.jpg"] { try scratch.image(name) }
    try scratch.put(xml("b.jpg"), at: "a.xml")
    let dataset = try DataFormat.voc.read(DataPart(root: scratch.root, list: "all"))
    #expect(dataset.entries.map(\.path) == [scratch.path("a.jpg")])
  }

  @Test func `parts follow from names and a seed, and new images move no other`() throws {
    let scratch = try ScratchFolder()
    func add(_ numbers: Range<Int>) throws {
      for number in numbers {
        try scratch.image("i\(number).jpg")
        try scratch.put(xml("i\(number).jpg", name: "nine"), at: "i\(number).xml")
      }
    }
    func parts(_ seed: Int) throws -> [String: Set<String>] {
      let split = SeededSplit(ratios: [6, 2, 2], seed: seed)
      return try split.parts.reduce(into: [:]) { parts, name in
        let part = DataPart(root: scratch.root, list: name, splitting: split)
        parts[name] = Set(try DataFormat.voc.read(part).entries.map(\.id))
      }
    }
    try add(0..<30)
    let first = try parts(4)
    #expect(first.values.reduce(0) { $0 + $1.count } == 30)
    #expect(Set(first.values.flatMap(\.self)).count == 30)
    #expect(try parts(5) != first)
    try add(30..<45)
    let second = try parts(4)
    for (name, members) in first { #expect(members.isSubset(of: second[name] ?? [])) }
    let note = try DataFormat.voc.read(DataPart(root: scratch.root, list: "train")).notes.first
    #expect(note?.contains("of 45 images are 'train' by their names and seed 0") == true)
    #expect(throws: DataError.self) {
      try DataFormat.voc.read(DataPart(root: scratch.root, list: "trainval"))
    }
    let two = DataPart(
      root: scratch.root,
      list: "test",
      splitting: SeededSplit(ratios: [1, 1], seed: 0)
    )
    #expect(throws: DataError.self) { try DataFormat.voc.read(two) }
  }

  @Test(.enabled(Comment(rawValue: Python.reason)) { Python.isPresent })
  func `the part of a name is what its hash says`() throws {
    let names = (0..<50).map { "IMG_\($0)" }
    let script = """
      import hashlib, sys
      for name in sys.argv[1:]:
          u = int(hashlib.sha256(("3 " + name).encode()).hexdigest()[:13], 16) / 2**52
          print("train" if u < 0.5 else "val" if u < 0.75 else "test")
      """
    let split = SeededSplit(ratios: [2, 1, 1], seed: 3)
    let expected = try Python.run(script, names).split(separator: "\n").map(String.init)
    #expect(names.map(split.part) == expected)
  }

  @Test func `folders of parts with XML in them are lists`() throws {
    let scratch = try ScratchFolder()
    for part in ["train", "valid"] {
      try scratch.image("\(part)/1.jpg")
      try scratch.put(xml("1.jpg", name: part), at: "\(part)/1.xml")
    }
    #expect(try DataFormat.voc.lists(scratch.root) == ["train", "valid"])
    let dataset = try DataFormat.voc.read(DataPart(root: scratch.root, list: "val"))
    #expect(dataset.entries.map(\.path) == [scratch.path("valid/1.jpg")])
    #expect(dataset.classes == ["train", "valid"])
  }

  @Test func `images in a folder of their own need no lists either`() throws {
    let scratch = try ScratchFolder()
    try scratch.image("images/1.png")
    try scratch.put(xml("1.png"), at: "annotations/1.xml")
    #expect(try DataFormat.detected(in: scratch.root) == .voc)
    let dataset = try DataFormat.voc.read(DataPart(root: scratch.root, list: "all"))
    #expect(dataset.entries.map(\.path) == [scratch.path("images/1.png")])
  }
}
