import Datasets
import Foundation
import Metrics
import TestSupport
import Testing

/// Boxes at the edges of an image of 100 x 80, in every format's own counting.
struct OutsideBoxTests {
  /// Left, top, right and bottom edge, counted from 0 between pixels; whether it leaves the image, and whether wholly.
  private static let edges: [(sides: [Double], isOutside: Bool, isBeyond: Bool)] = [
    ([0, 0, 100, 80], false, false),
    ([1, 1, 99, 79], false, false),
    ([90, 70, 100.04, 80.04], false, false),
    ([-0.04, 0, 10, 10], false, false),
    ([90, 70, 101, 80], true, false),
    ([90, 70, 100, 81], true, false),
    ([-1, 5, 10, 10], true, false),
    ([5, -1, 10, 10], true, false),
    ([-5, -5, 200, 200], true, false),
    ([100, 5, 120, 10], true, true),
    ([5, 80, 10, 90], true, true),
    ([500, 400, 530, 430], true, true),
    ([-20, 5, 0, 10], true, true),
    ([5, -20, 10, -3], true, true),
  ]

  @Test(arguments: [true, false], edges.indices)
  func `COCO: a box beyond the edge is told, and left out where nothing of it is inside`(
    isSized: Bool,
    place: Int
  ) throws {
    let (sides, isOutside, isBeyond) = Self.edges[place]
    let folder = try ScratchFolder()
    let image = try Pictures.noise(100, 80).jpeg(quality: 80)
    _ = try Pictures.write(image, to: "a.jpg", in: folder)
    let size = isSized ? #", "width": 100, "height": 80"# : ""
    let box = "[\(sides[0]), \(sides[1]), \(sides[2] - sides[0]), \(sides[3] - sides[1])]"
    let text = """
      {"images": [{"id": 1, "file_name": "a.jpg"\(size)}], "categories": [{"id": 1, "name": "cat"}],
       "annotations": [
       {"id": 1, "image_id": 1, "category_id": 1, "bbox": \(box), "area": 9, "iscrowd": 0}]}
      """
    let path = try folder.write(text, to: "truth.json")
    let read = try COCOAnnotations(path, images: folder.path(""))
    let check = DatasetCheck(read.dataset)
    #expect(check.problems.map(\.kind) == (isOutside ? [.outsideBox] : []), "\(check.problems)")
    if isSized {
      #expect(check.problems.allSatisfy { $0.path == path && $0.line == 3 })
      #expect(read.dataset.truths.count == (isBeyond ? 0 : 1))
    }
    // Scores are the reference evaluator's, which counts every box.
    let scored = try COCOAnnotations(path, for: .scoring)
    #expect(scored.dataset.truths.count == 1 && scored.dataset.problems.isEmpty)
  }

  @Test(arguments: edges.indices)
  func `WIDER FACE: a face beyond the edge is told with its line in the list`(place: Int) throws {
    let (sides, isOutside, _) = Self.edges[place]
    let folder = try ScratchFolder()
    try FileManager.default.createDirectory(
      atPath: folder.path("images/0--Parade"),
      withIntermediateDirectories: true
    )
    let image = try Pictures.noise(100, 80).jpeg(quality: 80)
    _ = try Pictures.write(image, to: "images/0--Parade/a.jpg", in: folder)
    let row =
      "\(sides[0]) \(sides[1]) \(sides[2] - sides[0]) \(sides[3] - sides[1]) 0 0 0 0 0 0"
    // A row that is left out does not shift the lines.
    let list = try folder.write(
      "0--Parade/a.jpg\n3\n1 1 0 5 0 0 0 0 0 0\n\(row)\n2 2 5 5 0 0 0 0 0 0\n",
      to: "list.txt"
    )
    let read = try WIDERFace.read(list: list, images: folder.path("images"))
    let problems = DatasetCheck(read).problems.dropFirst()
    // Left and top edges below 0 are told while the list is read, and set to 0.
    let startsOutside = sides[0] < 0 || sides[1] < 0
    #expect(problems.isEmpty == !(isOutside || startsOutside), "\(problems)")
    #expect(problems.allSatisfy { $0.kind == .outsideBox && $0.path == list && $0.line == 4 })
  }

  /// VOC counts pixels from 1, and both edges are inside; files that count from 0 are taken too.
  @Test(
    arguments: [
      ([1, 1, 100, 80], nil), ([0, 0, 99, 79], nil), ([1, 1, 101, 80], .outsideBox),
      ([1, 1, 100, 81], .outsideBox), ([-1, 1, 5, 5], .outsideBox), ([5, -1, 9, 9], .outsideBox),
      ([500, 400, 530, 430], .outsideBox), ([101, 5, 120, 10], .outsideBox),
      ([5, 5, 5, 9], .degenerateBox), ([99, 5, 100, 9], .degenerateBox),
    ] as [([Int], DataProblem.Kind?)]
  )
  func `Pascal VOC: a box beyond the last pixel is told`(
    sides: [Int],
    kind: DataProblem.Kind?
  ) throws {
    let folder = try VOCFolder()
    try folder.add(
      "a",
      objects: [("dog", "\(sides[0])", "\(sides[1])", "\(sides[2])", "\(sides[3])")]
    )
    try folder.list(["a"])
    let problems = DatasetCheck(try folder.read()).problems
    #expect(problems.map(\.kind) == [kind].compactMap(\.self), "\(problems)")
  }

  @Test func `a box beyond its picture is no target`() {
    let picture = Pictures.noise(100, 80)
    let boxes = Self.edges.map { edge in
      TrueBox(
        image: 0,
        category: 0,
        box: Box(
          left: edge.sides[0],
          top: edge.sides[1],
          right: edge.sides[2],
          bottom: edge.sides[3]
        )
      )
    }
    let kept = zip(Self.edges, boxes).filter { !$0.0.isBeyond }.map(\.1.box.x)
    #expect(Sample(picture: picture, truths: boxes).objects.map(\.left) == kept)
  }
}
