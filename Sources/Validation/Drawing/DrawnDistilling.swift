import PluginKit
import Tensors

/// Feature maps of two networks, and what a loss may ask of the run.
final class DrawnDistilling: DistillContext {
  let student: [Tensor]
  let teacher: [Tensor]
  let inputs: Inputs
  private let strides: [Int]

  var step: Int { 3 }
  var steps: Int { 10 }
  var inputHeight: Int { 64 }
  var inputWidth: Int { 64 }
  var seed: UInt64 { inputs.seed }
  var shouldStop: Bool { inputs.stops }

  init(_ inputs: Inputs, _ draw: inout Draw, equal: Bool = false) throws {
    self.inputs = inputs
    let count = Int.random(in: 1...3, using: &draw)
    let batch = Int.random(in: 1...2, using: &draw)
    let channels = draw.pick([1, 7, 24, 21, 32])
    var student: [Tensor] = []
    var teacher: [Tensor] = []
    var strides: [Int] = []
    for place in 0..<count {
      let stride = 8 << place
      let side = max(1, 64 / stride - Int.random(in: 0...1, using: &draw))
      let shape = [batch, channels, side, draw.pick([side, 64 / stride])]
      let values = inputs.kind.values(shape.reduce(1, *), &draw)
      let others = inputs.kind.values(values.count, &draw)
      student.append(try Tensor(values, shape: shape).setRequiresGradient())
      teacher.append(try Tensor(equal ? values : others, shape: shape))
      strides.append(stride)
    }
    self.student = student
    self.teacher = teacher
    self.strides = strides
  }

  /// The pairs, with other tensors of the student where they are given.
  func pairs(student other: [Tensor]? = nil) -> [DistillPair] {
    (other ?? student).indices.map { place in
      DistillPair(
        student: (other ?? student)[place],
        teacher: teacher[place],
        studentName: "map\(place)",
        teacherName: "map\(place)",
        stride: strides[place]
      )
    }
  }

  func targets() throws(PluginError) -> [DistillTarget] {
    [
      DistillTarget(image: 0, category: 0, centerX: 0.5, centerY: 0.4, width: 0.2, height: 0.3),
      DistillTarget(image: 0, category: 1, centerX: 0.1, centerY: 0.9, width: 0.1, height: 0.1),
    ]
  }
}

@available(*, unavailable) extension DrawnDistilling: Sendable {}
