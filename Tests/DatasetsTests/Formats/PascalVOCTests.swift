import Datasets
import Foundation
import Metrics
import TestSupport
import Testing

struct PascalVOCTests {
  @Test func `boxes, classes, sizes and marks are read as they stand`() throws {
    let folder = try VOCFolder()
    try folder.add("a", objects: [("dog", "10", "20", "30", "40"), ("cat", "1", "1", "100", "80")])
    try folder.list(["a"])
    let data = try folder.read()
    #expect(data.classes == PascalVOC.classes)
    #expect(data.problems.isEmpty)
    let entry = try #require(data.entries.first)
    #expect(entry.id == "a")
    #expect(entry.size == PixelSize(width: 100, height: 80))
    #expect(entry.objects.map(\.category) == [11, 7])
    #expect(entry.objects[0].box == Box(x: 10, y: 20, width: 20, height: 20))
    // Right and bottom are cut to the last pixel, which is no problem of the file.
    #expect(entry.objects[1].box == Box(x: 1, y: 1, width: 98, height: 78))
    #expect(entry.objects[0].isDifficult == false)
  }

  @Test func `other names are the classes in alphabetical order, over all annotations`() throws {
    let folder = try VOCFolder()
    try folder.add("a", objects: [("zebra", "1", "1", "9", "9")])
    try folder.add("b", objects: [("ant", "1", "1", "9", "9")])
    try folder.list(["a"])
    let data = try folder.read()
    #expect(data.classes == ["ant", "zebra"])
    #expect(data.entries[0].objects[0].category == 1)
  }

  @Test func `parts of a person are not objects, and difficult is a mark`() throws {
    let folder = try VOCFolder()
    try folder.add(
      "a",
      body: """
        <object><name>person</name><difficult>1</difficult>
        <bndbox><xmax>50</xmax><xmin>5.5</xmin><ymin>6</ymin><ymax>60</ymax></bndbox>
        <part><name>head</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></part>
        </object>
        """
    )
    try folder.list(["a"])
    let object = try #require(try folder.read().entries.first?.objects.first)
    #expect(object.isDifficult)
    #expect(object.box == Box(left: 5.5, top: 6, right: 50, bottom: 60))
  }

  @Test func `each thing wrong is told with its path and line, and the rest is read`() throws {
    let folder = try VOCFolder()
    try folder.add("good", objects: [("dog", "1", "1", "9", "9")])
    try folder.add("empty", objects: [("dog", "5", "5", "5", "9"), ("dog", "1", "1", "9", "9")])
    try folder.add("outside", objects: [("dog", "-7", "1", "9", "120")])
    try folder.add("nobox", body: "<object><name>dog</name></object>")
    try folder.add("twice", objects: [("dog", "1", "2", "9", "9"), ("dog", "1", "2", "9", "9")])
    try folder.add("noimage", objects: [], hasImage: false)
    try folder.write("<annotation>\n<object>\n</annotation>", to: "Annotations/broken.xml")
    try folder.image("broken")
    try folder.list([
      "good", "empty", "outside", "nobox", "twice", "noimage", "broken", "nowhere", "", "good",
    ])
    let data = try folder.read()
    let found = data.problems.map { problem in
      "\(problem.kind.rawValue) \(problem.path.split(separator: "/").last ?? ""):\(problem.line ?? 0)"
    }
    #expect(
      found == [
        "degenerateBox empty.xml:5", "outsideBox outside.xml:5", "brokenAnnotation nobox.xml:3",
        "duplicate twice.xml:9", "missingImage all.txt:6", "brokenAnnotation broken.xml:3",
        "missingAnnotation all.txt:8", "duplicate all.txt:10",
      ]
    )
    #expect(data.entries.map(\.id) == ["good", "empty", "outside", "nobox", "twice"])
    #expect(data.entries.map(\.objects.count) == [1, 1, 1, 0, 1])
    #expect(data.entries[2].objects[0].box == Box(left: 0, top: 1, right: 9, bottom: 79))
    for (index, entry) in data.entries.enumerated() {
      #expect(entry.objects.allSatisfy { $0.image == index })
    }
  }

  @Test func `with the policy to refuse the first problem is the error`() throws {
    let folder = try VOCFolder()
    try folder.add("a", objects: [("dog", "5", "5", "5", "9")])
    try folder.list(["a"])
    #expect {
      try folder.read(policy: .refuse)
    } throws: { error in
      guard case DataError.problem(let problem) = error else { return false }
      return problem.kind == .degenerateBox && "\(problem)".contains("Annotations/a.xml:5: ")
    }
  }

  @Test func `a class that was not given is unknown`() throws {
    let folder = try VOCFolder()
    try folder.add("a", objects: [("dog", "1", "1", "9", "9"), ("cow", "1", "1", "9", "9")])
    try folder.list(["a"])
    let data = try folder.read(classes: ["cow"])
    #expect(data.problems.map(\.kind) == [.unknownClass])
    #expect(data.problems.first?.line == 4)
    #expect(data.entries[0].objects.map(\.category) == [0])
  }

  @Test func `a missing size is taken from the image`() throws {
    let folder = try VOCFolder()
    try folder.write(
      "<annotation><size><width>0</width><height>0</height></size></annotation>",
      to: "Annotations/a.xml"
    )
    try folder.image("a")
    try folder.list(["a"])
    let data = try folder.read()
    #expect(data.entries[0].size == PixelSize(width: 100, height: 80))
    #expect(data.problems.map(\.kind) == [.wrongSize])
  }

  @Test func `entities are expanded, and a bomb of them is an error`() throws {
    let folder = try VOCFolder()
    try folder.write(
      """
      <!DOCTYPE a [<!ENTITY who "dog">]>
      <annotation><size><width>100</width><height>80</height></size><object><name>&who;</name>
      <bndbox><xmin>1</xmin><ymin>1</ymin><xmax>9</xmax><ymax>9</ymax></bndbox></object></annotation>
      """,
      to: "Annotations/a.xml"
    )
    let levels = (1...9).map { level in
      "<!ENTITY l\(level) \"" + String(repeating: "&l\(level - 1);", count: 12) + "\">"
    }
    try folder.write(
      "<!DOCTYPE a [<!ENTITY l0 \"\(String(repeating: "lol", count: 90))\">\(levels.joined())]>"
        + "<annotation><object><name>&l9;</name></object></annotation>",
      to: "Annotations/bomb.xml"
    )
    try folder.image("a")
    try folder.image("bomb")
    try folder.list(["a", "bomb"])
    let data = try folder.read()
    #expect(data.entries.map { $0.objects.map(\.category) } == [[11]])
    #expect(data.problems.map(\.kind) == [.brokenAnnotation])
  }

  @Test func `a class list leaves out images marked -1, and two folders become one set`() throws {
    let folder = try VOCFolder()
    let other = try VOCFolder()
    for stem in ["a", "b", "c"] { try folder.add(stem, objects: [("dog", "1", "1", "9", "9")]) }
    try other.add("a", objects: [("cat", "1", "1", "9", "9")])
    try folder.list(["a  1", "b -1", "c  0"])
    try other.list(["a"])
    let parts = [folder, other].map { PascalVOC.Part(root: $0.root, list: "all") }
    let data = try PascalVOC.read(parts)
    #expect(data.entries.map(\.id) == ["a", "c", "a"])
    #expect(data.problems.isEmpty)
    #expect(data.entries[2].objects.map(\.image) == [2])
  }

  @Test func `a list that is not there names those that are`() throws {
    let folder = try VOCFolder()
    try folder.add("a", objects: [])
    try folder.list(["a"])
    #expect {
      try PascalVOC.read([PascalVOC.Part(root: folder.root, list: "trainval")])
    } throws: { "\($0)".contains("trainval.txt") && "\($0)".contains("the folder has all") }
  }

  @Test(.enabled(if: TestData.isPresent, Comment(rawValue: TestData.reason)))
  func `the blood cell set has its known counts, and its two empty boxes are found`() throws {
    let root = try #require(TestData.path("bccd/BCCD"))
    let expected = [("train", 205), ("val", 87), ("test", 72)]
    var boxes = [0, 0, 0]
    var problems: [DataProblem] = []
    for (list, images) in expected {
      let data = try PascalVOC.read([PascalVOC.Part(root: root, list: list)])
      #expect(data.entries.count == images)
      #expect(data.classes == ["Platelets", "RBC", "WBC"])
      for truth in data.truths { boxes[truth.category] += 1 }
      problems += data.problems
    }
    #expect(boxes.reduce(0, +) == 4888 - 2)
    #expect(problems.map(\.kind) == [.degenerateBox, .degenerateBox])
    #expect(
      problems.map { $0.path.split(separator: "/").last } == [
        "BloodImage_00343.xml", "BloodImage_00338.xml",
      ]
    )
    #expect(problems.allSatisfy { ($0.line ?? 0) > 20 })
  }
}
