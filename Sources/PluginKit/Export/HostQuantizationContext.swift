/// The host's quantizing table as the Swift protocol; one that a strategy keeps after the call throws.
@safe
final class HostQuantizationContext: QuantizationContext {
  private let host: HostTable
  /// The call that lasts; `nil` after it.
  private var call: OpaquePointer?
  private let table: esp_quantizing_host
  private var fetched: [QuantizedTensor]?

  @unsafe
  init(host: HostTable, call: OpaquePointer, table: UnsafePointer<esp_quantizing_host>) {
    self.host = host
    unsafe self.call = call
    self.table = unsafe widened(table)
  }

  /// Ends the call.
  func close() { unsafe call = nil }

  var tensors: [QuantizedTensor] {
    get throws(PluginError) {
      if let fetched { return fetched }
      var tensors: [QuantizedTensor] = []
      for index in 0..<Int(table.n_tensors) { tensors.append(try tensor(index)) }
      fetched = tensors
      return tensors
    }
  }

  func tensor(_ index: Int) throws(PluginError) -> QuantizedTensor {
    let (read, call) = unsafe try offered(unsafe table.tensor, "tensor", during: call)
    var raw = unsafe esp_quantized()
    unsafe raw.struct_size = UInt32(MemoryLayout<esp_quantized>.size)
    try PluginError.check(unsafe read(call, UInt32(index), &raw), "tensor")
    return unsafe QuantizedTensor(
      index: index,
      kind: QuantizedTensor.Kind(rawValue: raw.kind) ?? .activation,
      name: String(crossing: raw.name),
      op: String(crossing: raw.op),
      rangeCount: Int(raw.ranges),
      axis: raw.axis < 0 ? nil : Int(raw.axis),
      encoding: QuantizationEncoding(
        isSigned: raw.is_signed != 0,
        isSymmetric: raw.is_symmetric != 0
      )
    )
  }

  func weight(of tensor: QuantizedTensor) throws(PluginError) -> WeightView {
    let (read, call) = unsafe try offered(unsafe table.weight, "weight", during: call)
    var view = unsafe esp_tensor_view()
    unsafe view.struct_size = UInt32(MemoryLayout<esp_tensor_view>.size)
    try PluginError.check(unsafe read(call, UInt32(tensor.index), &view), "weight")
    guard
      unsafe view.dtype_code == UInt8(ESP_DTYPE_FLOAT) && view.dtype_bits == 32,
      unsafe view.device_type == ESP_DEVICE_CPU
    else {
      throw PluginError(.internalError, "the host lent a weight that is not 32-bit floats")
    }
    let shape = (0..<Int(unsafe view.ndim)).map { Int(unsafe view.shape?[$0] ?? 0) }
    let base = unsafe view.data.map { unsafe $0 + Int(view.byte_offset) }
    return unsafe WeightView(
      UnsafeBufferPointer(
        start: base.map { unsafe UnsafePointer($0.assumingMemoryBound(to: Float.self)) },
        count: base == nil ? 0 : shape.reduce(1, *)
      ),
      owner: nil,
      shape: shape
    )
  }

  func statistics(of tensor: QuantizedTensor) throws(PluginError) -> CalibrationStatistics {
    let (read, call) = unsafe try offered(unsafe table.seen, "seen", during: call)
    var raw = unsafe esp_seen()
    unsafe raw.struct_size = UInt32(MemoryLayout<esp_seen>.size)
    try PluginError.check(unsafe read(call, UInt32(tensor.index), &raw), "seen")
    let statistics = unsafe CalibrationStatistics(raw)
    guard let statistics else {
      throw PluginError(.internalError, "the host's histogram has another number of bins")
    }
    return statistics
  }

  var seed: UInt64 { table.seed }

  var shouldStop: Bool { unsafe call.map { unsafe host.shouldStop($0) } ?? true }

  func log(_ level: LogLevel, _ message: String) { host.log(level, message) }

  /// Hands the plan to the host.
  func submit(_ plan: QuantizationPlan) throws(PluginError) {
    for index in plan.leftFloat.sorted() {
      let (leave, call) = unsafe try offered(unsafe table.leave_float, "leave_float", during: call)
      try PluginError.check(unsafe leave(call, UInt32(index)), "leave_float")
    }
    let options =
      (plan.equalizes ? ESP_Q_EQUALIZE : 0) | (plan.correctsBiases ? ESP_Q_CORRECT_BIAS : 0)
      | (plan.learnsRounding ? ESP_Q_LEARN_ROUNDING : 0)
    if options != 0 {
      let (ask, call) = unsafe try offered(unsafe table.ask, "ask", during: call)
      try PluginError.check(unsafe ask(call, options), "ask")
    }
    for (what, number) in plan.numbers {
      let (set, call) = unsafe try offered(unsafe table.set, "set", during: call)
      try PluginError.check(unsafe set(call, what, number), "set")
    }
    guard let training = plan.training else { return }
    let (train, call) = unsafe try offered(unsafe table.train, "train", during: call)
    let (how, number) = training.crossing
    try PluginError.check(unsafe train(call, how, number), "train")
  }
}

@available(*, unavailable)
extension HostQuantizationContext: Sendable {}

extension QuantizationPlan {
  /// The numbers that differ from a plan without wishes, each with the code by which C knows it.
  package var numbers: [(what: UInt32, number: Double)] {
    let plain = QuantizationPlan()
    var numbers: [(what: UInt32, number: Double)] = []
    if tuningImages != plain.tuningImages {
      numbers.append((ESP_Q_TUNING_IMAGES, Double(tuningImages)))
    }
    if roundingIterations != plain.roundingIterations {
      numbers.append((ESP_Q_ROUNDING_ITERATIONS, Double(roundingIterations)))
    }
    if let drop = goal?.metricDrop { numbers.append((ESP_Q_METRIC_DROP, drop)) }
    if let least = goal?.leastDecibels { numbers.append((ESP_Q_LEAST_DECIBELS, least)) }
    if let most = goal?.mostFloat { numbers.append((ESP_Q_MOST_FLOAT, Double(most))) }
    if let tried { numbers.append((ESP_Q_TRY_CHOICES, Double(tried))) }
    return numbers
  }

  /// Takes a number of C over; false where it means nothing.
  package mutating func set(_ what: UInt32, _ number: Double) -> Bool {
    var goal = goal ?? Goal()
    switch what {
    case ESP_Q_TUNING_IMAGES where (1...1e6).contains(number): tuningImages = Int(number)
    case ESP_Q_ROUNDING_ITERATIONS where (1...1e6).contains(number):
      roundingIterations = Int(number)
    case ESP_Q_METRIC_DROP where (0...1).contains(number): goal.metricDrop = number
    case ESP_Q_LEAST_DECIBELS where (-1e3...1e3).contains(number): goal.leastDecibels = number
    case ESP_Q_MOST_FLOAT where (0...1e9).contains(number): goal.mostFloat = Int(number)
    case ESP_Q_TRY_CHOICES where (0...1e4).contains(number): tried = Int(number)
    default: return false
    }
    if goal != Goal() { self.goal = goal }
    return true
  }
}

extension QuantizationPlan.Training {
  /// The code and number by which C knows it.
  package var crossing: (how: UInt32, number: Double) {
    switch self {
    case .movingAverage(let rate): (ESP_Q_TRAIN_MOVING_AVERAGE, rate)
    case .range(let window): (ESP_Q_TRAIN_RANGE, Double(window))
    case .batch: (ESP_Q_TRAIN_BATCH, 0)
    case .learned(let share): (ESP_Q_TRAIN_LEARNED, share)
    }
  }

  /// What a code and number of C mean; `nil` where they mean nothing.
  package init?(how: UInt32, number: Double) {
    switch how {
    case ESP_Q_TRAIN_MOVING_AVERAGE where (0..<1).contains(number):
      self = .movingAverage(rate: number)
    case ESP_Q_TRAIN_RANGE where (1...1e9).contains(number): self = .range(window: Int(number))
    case ESP_Q_TRAIN_BATCH: self = .batch
    case ESP_Q_TRAIN_LEARNED where (0...1e6).contains(number): self = .learned(share: number)
    default: return nil
    }
  }
}

extension CalibrationStatistics {
  /// What a host tells; `nil` where its histogram has other bins.
  ///
  /// - Safety: The pointers inside have `n_bins` numbers each.
  @unsafe
  init?(_ raw: esp_seen) {
    let bins = CalibrationHistogram.binsPerSide
    var positive = [Int](repeating: 0, count: bins)
    var negative = positive
    if let above = unsafe raw.positive, let below = unsafe raw.negative {
      guard unsafe Int(raw.n_bins) == bins else { return nil }
      for bin in 0..<bins {
        unsafe positive[bin] = Int(above[bin])
        unsafe negative[bin] = Int(below[bin])
      }
    }
    unsafe self.init(
      low: raw.low,
      high: raw.high,
      count: Int(raw.count),
      images: Int(raw.images),
      peaks: raw.peaks,
      histogram: CalibrationHistogram(
        exponent: raw.positive == nil ? nil : Int(raw.exponent),
        zeros: Int(raw.zeros),
        positive: positive,
        negative: negative
      )
    )
  }
}
