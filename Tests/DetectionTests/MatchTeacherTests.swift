import Datasets
import Detection
import Tensors
import Testing

struct MatchTeacherTests {
  private let task = MatchTeacherTask()

  private func targets(_ teacher: [String: Tensor]) -> TaskTargets {
    TaskTargets(boxes: [], inputSize: PixelSize(width: 8, height: 8), teacher: teacher)
  }

  @Test func `the loss is the squared error over the teacher's square, output by output`() throws {
    let student = try [
      "a": Tensor([1, 2, 3, 4] as [Float], shape: [2, 2]).setRequiresGradient(),
      "b": Tensor([1, 1] as [Float], shape: [2, 1]).setRequiresGradient(),
    ]
    let teacher = try [
      "a": Tensor([1, 0, 3, 2] as [Float], shape: [2, 2]),
      "b": Tensor([2, 0] as [Float], shape: [2, 1]),
    ]
    let loss = try task.loss(student, targets(teacher))
    #expect(loss.terms.map(\.name) == ["a", "b"])
    // (4 + 4) / (1 + 9 + 4) and (1 + 1) / 4.
    #expect(abs(try loss.terms[0].value.doubles()[0] - 8.0 / 14) < 1e-6)
    #expect(abs(try loss.total.doubles()[0] - (8.0 / 14 + 0.5)) < 1e-6)
    try loss.total.backward()
    let gradient = try #require(try student["a"]?.gradient).doubles()
    for (found, wanted) in zip(gradient, [0, 4.0 / 14, 0, 4.0 / 14]) {
      #expect(abs(found - wanted) < 1e-6)
    }
  }

  @Test func `an output that is missing, of another shape or without gradient is told`() throws {
    let teacher = try ["a": Tensor.full([1, 2], 1)]
    let wrong: [[String: Tensor]] = try [
      ["b": Tensor.full([1, 2], 1).setRequiresGradient()],
      ["a": Tensor.full([1, 3], 1).setRequiresGradient()], ["a": Tensor.full([1, 2], 1)],
    ]
    for outputs in wrong {
      let error = #expect(throws: DetectionError.self) {
        try task.loss(outputs, targets(teacher))
      }
      #expect("\(try #require(error))".contains("'a'"))
    }
    #expect(throws: DetectionError.self) { try task.loss(wrong[0], targets([:])) }
  }

  @Test func `agreement falls from one for equal outputs to zero`() throws {
    let teacher = try Tensor([3, 4, 3, 4, 3, 4, 0, 0, 1, 1] as [Float], shape: [5, 2])
    let student = try Tensor([3, 4, 3, 9, -30, 4, 0, 0, .nan, 1] as [Float], shape: [5, 2])
    // Errors of 0, 5, 33, 0 and not a number, against norms of 5, 5, 5, 0 and 1.4.
    #expect(try task.agreement(["a": student], ["a": teacher]) == [1, 0, 0, 1, 0])
    let half = try Tensor([3, 4, 3, 6.5, 3, 4, 0, 0, 1, 1] as [Float], shape: [5, 2])
    #expect(try task.agreement(["a": half], ["a": teacher]) == [1, 0.5, 1, 1, 1])
  }
}
