import Datasets
import Foundation
import Metrics
import TestSupport
import Testing

/// WIDER FACE's official lists over some of their images.
@Suite(.enabled(Comment(rawValue: Python.reason)) { Python.isPresent })
struct WiderPresentOnlyTests {
  /// Four images of two events, of which the lists do not have the last.
  private static let names = ["0--Parade/a", "0--Parade/b", "1--Match/c", "1--Match/other"]

  /// The lists of a, b and c, each with one face; `hard` asks for all, `easy` for none of b.
  private static let script = #"""
    import os, sys
    import numpy as np
    from scipy.io import savemat
    def column(items):
        cell = np.empty((len(items), 1), dtype=object)
        for k, item in enumerate(items): cell[k, 0] = item
        return cell
    events, names = ["0--Parade", "1--Match"], [["a", "b"], ["c"]]
    os.makedirs(sys.argv[1])
    face = np.array([[2.0, 2.0, 10.0, 10.0]])
    shared = dict(event_list=column(events), file_list=column([column(n) for n in names]))
    savemat(sys.argv[1] + "/wider_face_val.mat", dict(shared, face_bbx_list=column([column([face for _ in n]) for n in names])))
    for name in ["easy", "medium", "hard"]:
        lists = [column([np.array([] if name == "easy" and k == "b" else [1], np.int32).reshape(-1, 1) for k in n]) for n in names]
        savemat(f"{sys.argv[1]}/wider_{name}_val.mat", dict(shared, gt_list=column(lists)))
    """#

  private func folder(_ names: [String]) throws -> ScratchFolder {
    let folder = try ScratchFolder()
    _ = try Python.run(Self.script, [folder.path("ground_truth")])
    for name in names {
      try folder.image("WIDER_val/images/\(name).jpg")
      try folder.put("\(name)\n1\n2 2 10 10 0.5\n", at: "found/\(name).txt")
    }
    try folder.put(
      names.map { "\($0).jpg\n1\n2 2 10 10 0 0 0 0 0 0\n" }.joined(),
      at: "wider_face_split/wider_face_val_bbx_gt.txt"
    )
    return folder
  }

  private func read(_ folder: ScratchFolder, _ isPresentOnly: Bool) throws -> Dataset {
    let part = DataPart(root: folder.root, list: "val", isPresentOnly: isPresentOnly)
    return try DataFormat.wider.read(part)
  }

  @Test func `an image that the lists lack is refused, or left out on request`() throws {
    let folder = try folder(Self.names)
    let error = #expect(throws: DataError.self) { try read(folder, false) }
    let text = error.map { "\($0)" } ?? ""
    #expect(text.contains("other.jpg") && text.contains("--present-only"), "\(text)")
    let dataset = try read(folder, true)
    #expect(dataset.entries.map(\.id) == ["a", "b", "c"])
    #expect(dataset.truths.map(\.image) == [0, 1, 2])
    #expect(
      dataset.notes == ["figures are of 3 images; the official lists have 3, and lack 1 of these"]
    )
  }

  @Test func `figures are of the images that are there, by the official faces`() throws {
    let folder = try folder(Array(Self.names.prefix(2)))
    let dataset = try read(folder, true)
    #expect(dataset.notes == ["figures are of 2 images; the official lists have 3"])
    // The face of a is found and that of b is not: easy asks for a's alone, hard for both.
    let box = DetectedBox(
      image: 0,
      category: 0,
      box: Box(x: 2, y: 2, width: 10, height: 10),
      score: 0.9
    )
    let figures = DetectionMetric.wider.matching(dataset, [box]).figures(dataset, sample: nil)
    #expect(figures.others.map { ($0.value * 100).rounded() } == [100, 50, 50])
  }

  @Test func `files of detections that are missing are images without, or left out on request`()
    throws
  {
    let folder = try folder(Array(Self.names.prefix(2)))
    func score(_ isPresentOnly: Bool) throws -> WiderFaceScoring {
      try WiderFaceScoring(
        truth: folder.path("ground_truth"),
        detections: folder.path("found"),
        isPresentOnly: isPresentOnly
      )
    }
    let all = try score(false)
    #expect(all.images.count == 3 && all.problems.count == 1)
    #expect(WiderFaceAP(all.images).values[2] < 0.7)
    let present = try score(true)
    #expect(present.images.count == 2 && present.problems.isEmpty)
    #expect(WiderFaceAP(present.images).values[2] > 0.99)
  }
}
