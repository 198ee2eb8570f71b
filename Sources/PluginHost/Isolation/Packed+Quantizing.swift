import PluginKit

extension QuantizedTensor: Packed {
  func pack(into packer: inout Packer) {
    packer.add(index)
    packer.add(Int(kind.rawValue))
    packer.add(name)
    packer.add(op)
    packer.add(rangeCount)
    packer.add(axis)
    packer.add(encoding.isSigned)
    packer.add(encoding.isSymmetric)
  }

  init(from unpacker: inout Unpacker) throws(PluginError) {
    let index = try unpacker.int()
    guard let kind = Kind(rawValue: UInt32(clamping: try unpacker.int())) else {
      throw PluginError.garbled
    }
    self.init(
      index: index,
      kind: kind,
      name: try unpacker.text(),
      op: try unpacker.text(),
      rangeCount: try unpacker.int(),
      axis: try unpacker.optional(),
      encoding: QuantizationEncoding(
        isSigned: try unpacker.bool(),
        isSymmetric: try unpacker.bool()
      )
    )
  }
}

extension QuantizationRange: Packed {
  func pack(into packer: inout Packer) {
    packer.add(low)
    packer.add(high)
  }

  init(from unpacker: inout Unpacker) throws(PluginError) {
    self.init(low: try unpacker.double(), high: try unpacker.double())
  }
}

extension CalibrationStatistics: Packed {
  func pack(into packer: inout Packer) {
    packer.add(Double(low))
    packer.add(Double(high))
    packer.add(count)
    packer.add(images)
    packer.add(peaks)
    packer.add(histogram.exponent)
    packer.add(histogram.zeros)
    packer.add(histogram.positive)
    packer.add(histogram.negative)
  }

  init(from unpacker: inout Unpacker) throws(PluginError) {
    let (low, high) = (Float(try unpacker.double()), Float(try unpacker.double()))
    let (count, images) = (try unpacker.int(), try unpacker.int())
    let peaks = try unpacker.double()
    let exponent: Int? = try unpacker.optional()
    let zeros = try unpacker.int()
    let (positive, negative): ([Int], [Int]) = (try unpacker.values(), try unpacker.values())
    let bins = CalibrationHistogram.binsPerSide
    guard positive.count == bins, negative.count == bins else { throw PluginError.garbled }
    self.init(
      low: low,
      high: high,
      count: count,
      images: images,
      peaks: peaks,
      histogram: CalibrationHistogram(
        exponent: exponent,
        zeros: zeros,
        positive: positive,
        negative: negative
      )
    )
  }
}

extension QuantizationPlan: Packed {
  func pack(into packer: inout Packer) {
    packer.add(leftFloat.sorted())
    for flag in [equalizes, correctsBiases, learnsRounding] { packer.add(flag) }
    packer.add(tuningImages)
    packer.add(roundingIterations)
    packer.add(goal)
    packer.add(training)
    packer.add(tried)
  }

  init(from unpacker: inout Unpacker) throws(PluginError) {
    self.init(
      leftFloat: Set(try unpacker.values(Int.self)),
      equalizes: try unpacker.bool(),
      correctsBiases: try unpacker.bool(),
      learnsRounding: try unpacker.bool(),
      tuningImages: try unpacker.int(),
      roundingIterations: try unpacker.int(),
      goal: try unpacker.optional(),
      training: try unpacker.optional(),
      tried: try unpacker.optional()
    )
  }
}

extension QuantizationPlan.Goal: Packed {
  func pack(into packer: inout Packer) {
    packer.add(metricDrop)
    packer.add(leastDecibels)
    packer.add(mostFloat)
  }

  init(from unpacker: inout Unpacker) throws(PluginError) {
    self.init(
      metricDrop: try unpacker.optional(),
      leastDecibels: try unpacker.optional(),
      mostFloat: try unpacker.optional()
    )
  }
}

extension QuantizationPlan.Training: Packed {
  func pack(into packer: inout Packer) {
    switch self {
    case .movingAverage(let rate):
      packer.add(1)
      packer.add(rate)
    case .range(let window):
      packer.add(2)
      packer.add(window)
    case .batch: packer.add(3)
    case .learned(let share):
      packer.add(4)
      packer.add(share)
    }
  }

  init(from unpacker: inout Unpacker) throws(PluginError) {
    switch try unpacker.int() {
    case 1: self = .movingAverage(rate: try unpacker.double())
    case 2: self = .range(window: try unpacker.int())
    case 3: self = .batch
    case 4: self = .learned(share: try unpacker.double())
    default: throw PluginError.garbled
    }
  }
}
