import PluginKit

/// A strategy that chooses the ranges of whole numbers.
struct QuantizerExercise: Exercise {
  let quantizer: any Quantizer

  func material(_ inputs: Inputs, _ draw: inout Draw) throws -> DrawnQuantizing {
    DrawnQuantizing(inputs, &draw)
  }

  func run(
    _ context: DrawnQuantizing,
    checking: Bool,
    _ draw: inout Draw
  ) throws -> [UInt64] {
    context.isCalibrated = false
    let plan = try quantizer.plan(for: context)
    var bits = plan.leftFloat.sorted().map { UInt64($0) }
    for flag in [plan.equalizes, plan.correctsBiases, plan.learnsRounding] {
      bits.append(flag ? 1 : 0)
    }
    bits += [UInt64(plan.tuningImages), UInt64(plan.roundingIterations)]
    context.isCalibrated = true
    for tensor in context.tensors where !plan.leftFloat.contains(tensor.index) {
      let ranges = try quantizer.ranges(of: tensor, in: context)
      guard ranges.count == tensor.rangeCount else {
        throw Finding.fail(
          "it gives \(ranges.count) ranges of '\(tensor.name)', which takes \(tensor.rangeCount)"
        )
      }
      for range in ranges { bits += [range.low.bits, range.high.bits] }
      if checking, context.inputs.kind == .normal {
        try check(ranges, of: tensor, in: context, &draw)
      }
    }
    return bits
  }

  /// Throws where numbers inside a range come back wrong, or where it covers less than a tenth of what was seen.
  private func check(
    _ ranges: [QuantizationRange],
    of tensor: QuantizedTensor,
    in context: DrawnQuantizing,
    _ draw: inout Draw
  ) throws {
    for (place, range) in ranges.enumerated() {
      guard range.low <= range.high, range.low.isFinite, range.high.isFinite else {
        throw Finding.fail(
          "range \(place) of '\(tensor.name)' goes from \(range.low) to \(range.high)"
        )
      }
      let numbers = tensor.encoding.parameters(covering: range)
      for _ in 0..<16 {
        let value = Float(Double.random(in: range.low...range.high, using: &draw))
        let back = numbers.value(numbers.stored(value, tensor.encoding.levels))
        // Half a step, and what the two conversions round.
        guard abs(value - back) <= numbers.scale * 0.501 else {
          throw Finding.fail(
            "\(value) lies in range \(place) of '\(tensor.name)', but comes back as \(back) at the scale \(numbers.scale)"
          )
        }
      }
    }
    guard tensor.kind == .activation else { return }
    let seen = try context.statistics(of: tensor)
    let reach = max(abs(ranges[0].low), abs(ranges[0].high))
    guard reach >= seen.peak / 10 else {
      throw Finding.fail(
        "the range of '\(tensor.name)' reaches \(reach), but values up to \(seen.peak) were seen"
      )
    }
  }
}
