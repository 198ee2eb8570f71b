import Datasets
import Detection
import Evaluation
import Foundation
import Metrics
import Reports
import TestSupport
import Testing

struct WiderFaceSubmissionTests {
  @Test func `the files that are written score as the boxes do`() throws {
    let folder = try ScratchFolder()
    let root = folder.path("faces")
    let size = PixelSize(width: 96, height: 96)
    try SyntheticDataset(.faces, images: 50, seed: 5, size: size).write(to: root)
    let dataset = try DataFormat.wider.read(DataPart(root: root, list: "val"))
    let evaluation = try DetectionEvaluation(
      EvaluationImages(dataset, size: size),
      task: SSDFaceTask(),
      metric: .wider
    )
    var random = SampleRandom(seed: 2, round: 0, sample: 0, purpose: 0)
    // Boxes in tenths and scores in thousandths, so that writing loses nothing; the worse the score, the further off.
    let records: [ImageRecord] = dataset.entries.map { entry in
      .boxes(
        entry.objects.flatMap { object -> [Double] in
          let score = Double(1 + random.index(below: 999)) / 1000
          let box = object.box
          let away = (box.width * (1 - score) * 6).rounded() / 10
          return [0, box.x + away, box.y, box.width - 1, box.height - 1, score]
        }
      )
    }
    let figure = try evaluation.metric(records, sample: nil)
    #expect((0.2...0.95).contains(figure))
    try WiderFaceSubmission(evaluation, records).write(to: folder.path("found"))
    let scored = try WiderFaceScoring(
      truth: "\(root)/wider_face_split/wider_face_val_bbx_gt.txt",
      detections: folder.path("found")
    )
    #expect(scored.problems.isEmpty)
    #expect(abs(WiderFaceAP(scored.images).values[2] - figure) < 1e-9)
  }

  @Test func `a file has the name, the number of boxes, and edges and scores rounded`() throws {
    let entry = Dataset.Entry(
      path: "x/images/3--Riot/3_Riot_1.jpg",
      id: "3_Riot_1",
      size: nil,
      objects: []
    )
    let files = try [DetectionMetric.wider, .coco].map { metric in
      let evaluation = try DetectionEvaluation(
        EvaluationImages(
          Dataset(classes: ["face"], entries: [entry]),
          size: PixelSize(width: 64, height: 64),
          reading: ImageReading(policy: .skip)
        ),
        task: SSDFaceTask(),
        metric: metric
      )
      let records: [ImageRecord] = [.boxes([0, 1.26, 2, 10.04, 4, 0.98765, 0, 0, 0, 1, 1, 0.0104])]
      return try WiderFaceSubmission(evaluation, records).files
    }
    for file in files {
      #expect(file.map(\.path) == ["3--Riot/3_Riot_1.txt"])
      #expect(
        file[0].text == "3_Riot_1\n2\n1.3 2.0 11.0 5.0 0.988\n0.0 0.0 2.0 2.0 0.010\n"
      )
    }
  }
}
