import PluginKit
import Tensors

/// A loss of distillation in a process of its own: maps go there as 32-bit floats, the loss and its gradient come back.
struct IsolatedDistillLoss: DistillImplementation {
  private let session: IsolatedSession

  init(_ strategy: IsolatedStrategy, settings: Settings) { session = strategy.session(settings) }

  func taps() throws(PluginError) -> [DistillTap] {
    var answer = try session.call(.taps) { _ in }
    return try answer.values()
  }

  func loss(of pairs: [DistillPair], in context: any DistillContext) throws -> Tensor {
    let maps = try withoutGradients {
      try pairs.map { (try Self.floats($0.student), try Self.floats($0.teacher)) }
    }
    let threads = try Runtime.threadCount()
    var answer = try session.call(
      .loss,
      stops: { context.shouldStop },
      answering: {
        (question, _, packer) throws(PluginError) in
        guard question == .targets else { throw .garbled }
        packer.add(try context.targets())
      }
    ) { packer in
      packer.add(threads)
      for number in [context.step, context.steps, context.inputHeight, context.inputWidth] {
        packer.add(number)
      }
      packer.add(context.seed)
      packer.add(pairs.count)
      for (pair, (student, teacher)) in zip(pairs, maps) {
        packer.add(pair.student.shape)
        packer.add(student)
        packer.add(pair.teacher.shape)
        packer.add(teacher)
        packer.add(pair.studentName)
        packer.add(pair.teacherName)
        packer.add(pair.stride)
      }
    }
    let pass = IsolatedPass(session, number: try answer.int())
    let value = try answer.double()
    let device = pairs.first?.student.device ?? .cpu
    let loss = try Tensor([Float(value)], shape: []).moved(to: device)
    let shapes = pairs.map(\.student.shape)
    return try Tensor.custom(outputs: [loss], inputs: pairs.map(\.student)) { gradients in
      guard let upstream = gradients.first ?? nil else { return shapes.map { _ in nil } }
      return try withoutGradients {
        let weight = try upstream.converted(to: .float32).moved(to: .cpu).floats()
        return try pass.gradients(weight).enumerated().map { place, values in
          try values.map { try Tensor($0, shape: shapes[place]).moved(to: device) }
        }
      }
    }[0]
  }

  private static func floats(_ tensor: Tensor) throws -> [Float] {
    try tensor.converted(to: .float32).detached().moved(to: .cpu).contiguous().floats()
  }
}

/// A forward pass that the other process keeps until this goes.
private final class IsolatedPass: Sendable {
  private let session: IsolatedSession
  private let number: Int

  init(_ session: IsolatedSession, number: Int) {
    self.session = session
    self.number = number
  }

  /// The derivatives by each of the student's maps; `nil` for one that the loss does not depend on.
  func gradients(_ upstream: [Float]) throws(PluginError) -> [[Float]?] {
    var answer = try session.call(.gradients) { packer in
      packer.add(number)
      packer.add(upstream)
    }
    var gradients: [[Float]?] = []
    for _ in 0..<max(0, try answer.int()) {
      gradients.append(try answer.bool() ? try answer.floats() : nil)
    }
    return gradients
  }

  deinit { session.tell(.dropLoss) { $0.add(number) } }
}
