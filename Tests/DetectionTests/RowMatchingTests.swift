import Datasets
import Detection
import Tensors
import TestSupport
import Testing

/// A head with rows to match and nothing else.
private struct RowsHead: Head {
  let matchedRows: [MatchedRows]
  var classes: Int? { nil }
  func rows(_ outputs: HeadOutputs, _ input: PixelSize) throws -> [HeadRows] { [] }
}

struct RowMatchingTests {
  /// numpy's reckoning of the same formulas: boxes in shares of the teacher's, scores as coins.
  private static let program = """
    import numpy as np, json, sys
    t, s, form, kind = json.loads(sys.argv[1])
    t, s = np.array(t, np.float64), np.array(s, np.float64)
    def prob(x):
        if kind == 'probabilities': return x
        if kind == 'logits': return 1 / (1 + np.exp(-x))
        e = np.exp(x - x.max(-1, keepdims=True)); return e / e.sum(-1, keepdims=True)
    pt, ps = np.clip(prob(t[..., 4:]), 1e-6, 1 - 1e-6), np.clip(prob(s[..., 4:]), 1e-6, 1 - 1e-6)
    q = (pt[..., :-1] if kind == 'softmax' else pt).max(-1, keepdims=True)
    kl = pt * np.log(pt / ps)
    if kind != 'softmax': kl = kl + (1 - pt) * np.log((1 - pt) / (1 - ps))
    wh = t[..., 2:4] if form == 'centre' else t[..., 2:4] - t[..., 0:2]
    d = np.abs(s[..., :4] - t[..., :4]) / np.concatenate([wh, wh], -1)
    print(kl.sum() / q.sum(), (d * q).sum() / 4 / q.sum())
    """

  private static func values(_ random: inout SeededNumbers, _ kind: MatchedRows.Scores) -> [Float] {
    (0..<6).flatMap { _ in
      let corner = (0..<2).map { _ in Float(random.next() % 100) }
      let sides = (0..<2).map { _ in Float(100 + random.next() % 100) }
      let scores = (0..<3).map { _ in
        let share = Float(random.next() % 1000 + 1) / 1002
        return kind == .probabilities ? share : 6 * share - 3
      }
      return corner + sides + scores
    }
  }

  @Test(
    .enabled(if: Python.isPresent, Comment(rawValue: Python.reason)),
    arguments: [
      (MatchedRows.Form.centre, MatchedRows.Scores.probabilities), (.corners, .logits),
      (.centre, .softmax),
    ]
  )
  func `scores and boxes weigh what numpy finds by the formulas`(
    form: MatchedRows.Form,
    kind: MatchedRows.Scores
  ) throws {
    var random = SeededNumbers(7)
    let (known, own) = (Self.values(&random, kind), Self.values(&random, kind))
    func rows(_ values: [Float]) -> [[[Float]]] {
      (0..<2).map { image in
        (0..<3).map { Array(values[(image * 3 + $0) * 7..<(image * 3 + $0 + 1) * 7]) }
      }
    }
    let text = try Python.run(
      Self.program,
      ["[\(rows(known)), \(rows(own)), \"\(form)\", \"\(kind)\"]"]
    )
    let wanted = text.split(separator: " ").compactMap { Double($0.filter { !$0.isNewline }) }
    let rowsHead = RowsHead(matchedRows: [
      MatchedRows(
        boxes: .init("o", axis: 2, 0..<4),
        form: form,
        scores: .init("o", axis: 2, 4..<7),
        kind: kind
      )
    ])
    let student = try Tensor(own, shape: [2, 3, 7]).setRequiresGradient()
    let teacher = try Tensor(known, shape: [2, 3, 7])
    let size = PixelSize(width: 8, height: 8)
    let loss = try DetectorTask("rows", rowsHead).loss(
      ["o": student],
      TaskTargets(boxes: [[], []], inputSize: size, teacher: ["o": teacher])
    )
    let found = try loss.terms.filter { $0.name != "objectness" }.map { try $0.value.doubles()[0] }
    #expect(found.count == 2 && wanted.count == 2)
    for (found, wanted) in zip(found, wanted) {
      #expect(abs(found - wanted) < 1e-4 * max(1, wanted))
    }
    try loss.total.backward()
    #expect(try #require(try student.gradient).doubles().contains { $0 != 0 })
  }

  @Test func `equal outputs have no loss, though channels lie on another axis`() throws {
    let values = (0..<14).map { Float($0 + 1) / 20 }
    let head = RowsHead(matchedRows: [
      MatchedRows(
        boxes: .init("o", axis: 1, 0..<4),
        form: .centre,
        scores: .init("o", axis: 1, 4..<7),
        kind: .probabilities
      )
    ])
    let output = try Tensor(values, shape: [1, 7, 2])
    let loss = try DetectorTask("rows", head).loss(
      ["o": output.copied().setRequiresGradient()],
      TaskTargets(boxes: [[]], inputSize: PixelSize(width: 8, height: 8), teacher: ["o": output])
    )
    #expect(abs(try loss.total.doubles()[0]) < 1e-6)
  }

  @Test func `without a teacher there is no loss of labels`() throws {
    let task = DetectorTask("rows", RowsHead(matchedRows: []))
    let error = #expect(throws: DetectionError.self) {
      try task.loss([:], TaskTargets(boxes: [], inputSize: PixelSize(width: 8, height: 8)))
    }
    #expect("\(try #require(error))".contains("distill"))
  }
}
