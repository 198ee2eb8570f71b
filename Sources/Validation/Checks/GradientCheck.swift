import PluginKit
import Tensors

/// The gradient of a loss beside central differences along drawn directions, in 64 bits.
struct GradientCheck {
  private let exercise: DistillExercise
  private let seed: UInt64

  init(_ exercise: DistillExercise, seed: UInt64) {
    self.exercise = exercise
    self.seed = seed
  }

  func run() throws {
    var draw = Draw(seed)
    let context = try DrawnDistilling(Inputs(), &draw)
    let start = try context.student.map { try $0.detached().floats() }
    let gradient = try exercise.gradients(context, upstream: 1).map(Double.init)
    let value = try exercise.value(context, context.student)
    for round in 0..<6 {
      let direction = Self.direction(start, round, &draw)
      var slope = 0.0
      for (a, b) in zip(gradient, direction.joined()) { slope += a * Double(b) }
      // A kink of the loss may lie within one step, hardly within all.
      let differences = try [3e-2, 1e-2, 3e-3, 1e-3].map { step in
        (try self.value(context, start, direction, step)
          - self.value(context, start, direction, -step))
          / (2 * step)
      }
      let noise = 1e-6 * (abs(value) + 1e-3) / 1e-3
      let isRight = differences.contains { difference in
        abs(difference - slope) <= 0.03 * max(abs(difference), abs(slope)) + noise
      }
      guard isRight else {
        throw Finding.fail(
          "along direction \(round) the gradient of the loss \(value) says \(slope), central differences say "
            + differences.map { "\($0)" }.joined(separator: ", ")
        )
      }
    }
  }

  /// Even directions over all elements, and some along a single one.
  private static func direction(_ maps: [[Float]], _ round: Int, _ draw: inout Draw) -> [[Float]] {
    if round < 3 { return maps.map { map in map.map { _ in draw.normal() } } }
    var direction = maps.map { [Float](repeating: 0, count: $0.count) }
    let map = Int.random(in: 0..<maps.count, using: &draw)
    direction[map][Int.random(in: 0..<maps[map].count, using: &draw)] = 1
    return direction
  }

  private func value(
    _ context: DrawnDistilling,
    _ start: [[Float]],
    _ direction: [[Float]],
    _ step: Double
  ) throws -> Double {
    var student: [Tensor] = []
    for (place, values) in start.enumerated() {
      let moved = zip(values, direction[place]).map { Float(Double($0) + step * Double($1)) }
      student.append(try Tensor(moved, shape: context.student[place].shape))
    }
    return try exercise.value(context, student)
  }
}
