import Datasets
import Foundation
import Metrics
import TestSupport
import Testing

struct WIDERFaceTests {
  private let scratch: ScratchFolder

  init() throws {
    scratch = try ScratchFolder()
    try FileManager.default.createDirectory(
      atPath: scratch.path("images/0--Parade"),
      withIntermediateDirectories: true
    )
    for name in ["a", "b", "c"] {
      _ = try Pictures.write(
        try Pictures.noise(40, 30).jpeg(quality: 80),
        to: "images/0--Parade/\(name).jpg",
        in: scratch
      )
    }
  }

  private func read(_ text: String, policy: FaultPolicy = .skip) throws -> Dataset {
    let list = try scratch.write(text, to: "list.txt")
    return try WIDERFace.read(list: list, images: scratch.path("images"), policy: policy)
  }

  @Test func `faces are read, and an image without faces has a row of zeros to skip`() throws {
    let data = try read(
      """
      0--Parade/a.jpg
      0
      0 0 0 0 0 0 0 0 0 0\u{20}
      0--Parade/b.jpg
      2
      4 5 10 12 0 0 0 0 0 0\u{20}
      1 2 3 4 1 0 0 0 0 0\u{20}
      """
    )
    #expect(data.classes == ["face"])
    #expect(data.problems.isEmpty)
    #expect(data.entries.map(\.id) == ["a", "b"])
    #expect(data.entries[0].objects.isEmpty)
    #expect(
      data.entries[1].objects.map(\.box) == [
        Box(x: 4, y: 5, width: 10, height: 12), Box(x: 1, y: 2, width: 3, height: 4),
      ]
    )
    #expect(data.entries[1].objects.map(\.image) == [1, 1])
  }

  @Test func `a zero without its row of zeros is read too`() throws {
    let data = try read("0--Parade/a.jpg\n0\n0--Parade/b.jpg\n1\n1 2 3 4 0 0 0 0 0 0\n")
    #expect(data.entries.map(\.objects.count) == [0, 1])
    #expect(data.problems.isEmpty)
  }

  @Test func `faces of no or negative size go, left and top edges below zero become zero`() throws {
    let data = try read(
      "0--Parade/a.jpg\n4\n1 1 0 5 0\n1 1 5 -2 0\n-3 -4 10 10 0\n1 1 5 5 0\n"
    )
    #expect(data.problems.map(\.kind) == [.degenerateBox, .degenerateBox, .outsideBox])
    #expect(data.problems.map(\.line) == [3, 4, 5])
    #expect(
      data.entries[0].objects.map(\.box) == [
        Box(x: 0, y: 0, width: 10, height: 10), Box(x: 1, y: 1, width: 5, height: 5),
      ]
    )
  }

  @Test
  func `missing images, wrong counts and rows are told with their line, and the rest is read`()
    throws
  {
    let data = try read(
      """
      0--Parade/gone.jpg
      1
      1 1 5 5 0
      0--Parade/a.jpg
      3
      1 1 5 5 0
      0--Parade/b.jpg
      many
      1 1 5 5 0
      0--Parade/c.jpg
      2
      1 1 five 5 0
      1 1 5 5 0
      0--Parade/c.jpg
      1
      1 1 5 5 0
      """
    )
    #expect(
      data.problems.map { "\($0.kind.rawValue):\($0.line ?? 0)" } == [
        "missingImage:1", "brokenAnnotation:7", "brokenAnnotation:8", "brokenAnnotation:12",
        "duplicate:14",
      ]
    )
    #expect(data.entries.map(\.id) == ["a", "c"])
    #expect(data.entries.map(\.objects.count) == [1, 1])
    #expect(data.entries[1].objects[0].image == 1)
  }

  @Test func `with the policy to refuse the first problem is the error`() throws {
    #expect(throws: DataError.self) {
      try read("0--Parade/a.jpg\n1\n1 1 0 5 0\n", policy: .refuse)
    }
  }

  @Test func `an empty list and a missing one are errors`() throws {
    #expect(throws: DataError.self) { try read("\n\n") }
    #expect(throws: DataError.self) {
      try WIDERFace.read(list: scratch.path("none.txt"), images: scratch.path("images"))
    }
  }
}
