/// The host's pruning table as the Swift protocol; one that a strategy keeps after the call throws.
@safe
final class HostPruningContext: PruningContext {
  private let host: HostTable
  /// The call that lasts; `nil` between calls.
  private var call: OpaquePointer?
  /// The host's table during a call, or `copy` of it where the host is older than this kit and knows less.
  private var table: UnsafePointer<esp_pruning_host>?
  private var copy: UnsafeMutablePointer<esp_pruning_host>?
  private var fetched: [PruningGroup]?
  private var indices: [String: Int]?

  init(host: HostTable) { self.host = host }

  deinit { unsafe copy?.deallocate() }

  /// Begins a call.
  @unsafe
  func open(_ call: OpaquePointer, table: UnsafePointer<esp_pruning_host>) {
    unsafe self.call = call
    if unsafe Int(table.pointee.struct_size) >= MemoryLayout<esp_pruning_host>.size {
      unsafe self.table = table
    } else {
      let room = unsafe copy ?? .allocate(capacity: 1)
      unsafe room.initialize(to: widened(table))
      unsafe copy = room
      unsafe self.table = UnsafePointer(room)
    }
  }

  /// Ends the call.
  func close() {
    unsafe call = nil
    unsafe table = nil
    if fetched != nil { fetched = nil }
    if indices != nil { indices = nil }
  }

  var groups: [PruningGroup] {
    get throws(PluginError) {
      if let fetched { return fetched }
      guard unsafe call != nil else { throw PluginError.ended }
      let groups = try (0..<Int(functions.n_groups)).map { (index) throws(PluginError) in
        try group(index)
      }
      fetched = groups
      return groups
    }
  }

  func group(_ index: Int) throws(PluginError) -> PruningGroup {
    if let fetched, fetched.indices.contains(index) { return fetched[index] }
    let (read, call) = unsafe try offered(unsafe functions.group, "group", during: call)
    var raw = unsafe esp_group()
    unsafe raw.struct_size = UInt32(MemoryLayout<esp_group>.size)
    try PluginError.check(unsafe read(call, UInt32(index), &raw), "group")
    var members: [PruningMember] = []
    for member in 0..<Int(unsafe raw.n_members) {
      members.append(try self.member(member, of: index))
    }
    return unsafe PruningGroup(
      index: index,
      name: String(crossing: raw.name),
      op: String(crossing: raw.op),
      channels: Int(raw.channels),
      roles: PruningGroup.Roles(rawValue: raw.roles),
      stride: raw.stride > 0 ? Int(raw.stride) : nil,
      macs: Int(raw.macs),
      parameters: Int(raw.params),
      members: members
    )
  }

  private func member(_ index: Int, of group: Int) throws(PluginError) -> PruningMember {
    let (read, call) = unsafe try offered(unsafe functions.member, "member", during: call)
    var raw = unsafe esp_member()
    unsafe raw.struct_size = UInt32(MemoryLayout<esp_member>.size)
    try PluginError.check(unsafe read(call, UInt32(group), UInt32(index), &raw), "member")
    return unsafe PruningMember(
      index: index,
      name: String(crossing: raw.name),
      op: String(crossing: raw.op),
      kind: PruningMember.Kind(rawValue: raw.kind) ?? .perChannel,
      axis: Int(raw.axis),
      rank: Int(raw.rank),
      first: Int(raw.first),
      count: Int(raw.count),
      at: Int(raw.at),
      block: Int(raw.block)
    )
  }

  func weight(_ member: Int, of group: PruningGroup) throws(PluginError) -> WeightView {
    let (read, call) = unsafe try offered(unsafe functions.weight, "weight", during: call)
    var view = unsafe esp_tensor_view()
    unsafe view.struct_size = UInt32(MemoryLayout<esp_tensor_view>.size)
    try PluginError.check(unsafe read(call, UInt32(group.index), UInt32(member), &view), "weight")
    return try unsafe dense(view)
  }

  func gradient(_ member: Int, of group: PruningGroup) throws(PluginError) -> WeightView {
    let (read, call) = unsafe try offered(unsafe functions.gradient, "gradient", during: call)
    var view = unsafe esp_tensor_view()
    unsafe view.struct_size = UInt32(MemoryLayout<esp_tensor_view>.size)
    try PluginError.check(unsafe read(call, UInt32(group.index), UInt32(member), &view), "gradient")
    return try unsafe dense(view)
  }

  var gradientSamples: Int {
    get throws(PluginError) {
      let (read, call) = unsafe try offered(unsafe functions.samples, "samples", during: call)
      var count: UInt64 = 0
      try PluginError.check(unsafe read(call, &count), "samples")
      return Int(clamping: count)
    }
  }

  func maskGradients(of group: PruningGroup) throws(PluginError) -> [[Double]] {
    let (read, call) = unsafe try offered(
      unsafe functions.mask_gradients,
      "mask_gradients",
      during: call
    )
    let (rows, channels) = (try gradientSamples, group.channels)
    var values = [Double](repeating: 0, count: rows * channels)
    try PluginError.check(
      unsafe read(call, UInt32(group.index), &values, UInt64(values.count)),
      "mask_gradients"
    )
    return (0..<rows).map { Array(values[$0 * channels..<($0 + 1) * channels]) }
  }

  func importance(of group: PruningGroup) throws(PluginError) -> [Double] {
    let (read, call) = unsafe try offered(unsafe functions.importance, "importance", during: call)
    var values = [Double](repeating: 0, count: group.channels)
    try PluginError.check(
      unsafe read(call, UInt32(group.index), &values, UInt64(group.channels)),
      "importance"
    )
    return values
  }

  func model() throws(PluginError) -> [UInt8] {
    let (read, call) = unsafe try offered(unsafe functions.model, "model", during: call)
    var bytes: UnsafePointer<UInt8>?
    var count: UInt64 = 0
    try PluginError.check(unsafe read(call, &bytes, &count), "model")
    return unsafe Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
  }

  func cost(of plans: [PruningPlan]) throws(PluginError) -> [PruningCost] {
    let (read, call) = unsafe try offered(unsafe functions.cost, "cost", during: call)
    guard !plans.isEmpty else { return [] }
    let arena = CArena()
    var costs = [esp_cost](repeating: esp_cost(), count: plans.count)
    let raw = try unsafe store(plans, in: arena)
    try PluginError.check(unsafe read(call, raw, UInt64(plans.count), &costs), "cost")
    extendLifetime(arena)
    return costs.map { PruningCost(macs: Int($0.macs), parameters: Int($0.params)) }
  }

  func evaluate(_ plans: [PruningPlan]) throws(PluginError) -> [Double] {
    let (read, call) = unsafe try offered(unsafe functions.evaluate, "evaluate", during: call)
    guard !plans.isEmpty else { return [] }
    let arena = CArena()
    var metrics = [Double](repeating: 0, count: plans.count)
    let raw = try unsafe store(plans, in: arena)
    try PluginError.check(unsafe read(call, raw, UInt64(plans.count), &metrics), "evaluate")
    extendLifetime(arena)
    return metrics
  }

  func loadTensors() throws(PluginError) { try host.installRuntime() }

  var seed: UInt64 { functions.seed }

  var shouldStop: Bool { unsafe call.map { unsafe host.shouldStop($0) } ?? true }

  func log(_ level: LogLevel, _ message: String) { host.log(level, message) }

  /// Hands the plan to the host.
  func submit(_ plan: PruningPlan) throws(PluginError) {
    guard !plan.cuts.isEmpty || plan.score != nil else { return }
    for (name, cut) in plan.cuts.sorted(by: { $0.key < $1.key }) {
      let index = try index(of: name)
      switch cut {
      case .ratio(let ratio):
        let (set, call) = unsafe try offered(unsafe functions.set_ratio, "set_ratio", during: call)
        try PluginError.check(unsafe set(call, index, ratio), "set_ratio")
      case .channels(let channels):
        let (set, call) = unsafe try offered(
          unsafe functions.set_channels,
          "set_channels",
          during: call
        )
        let raw = channels.map(Int64.init)
        try PluginError.check(unsafe set(call, index, raw, UInt64(raw.count)), "set_channels")
      }
    }
    if let score = plan.score {
      let (set, call) = unsafe try offered(unsafe functions.set_score, "set_score", during: call)
      unsafe try PluginError.check(score.withCrossing { unsafe set(call, $0) }, "set_score")
    }
  }

  @unsafe
  private func store(
    _ plans: [PruningPlan],
    in arena: CArena
  ) throws(PluginError) -> UnsafePointer<esp_plan> {
    _ = try groups
    var result: [esp_plan] = unsafe []
    for plan in plans {
      var cuts: [esp_cut] = unsafe []
      for (name, cut) in plan.cuts {
        var raw = unsafe esp_cut()
        unsafe raw.group = try index(of: name)
        switch cut {
        case .ratio(let ratio):
          unsafe raw.kind = ESP_CUT_RATIO
          unsafe raw.ratio = ratio
        case .channels(let channels):
          unsafe raw.kind = ESP_CUT_CHANNELS
          unsafe raw.channels = UnsafePointer(arena.store(channels.map(Int64.init)))
          unsafe raw.n_channels = UInt64(channels.count)
        }
        unsafe cuts.append(raw)
      }
      let count = UInt64(unsafe cuts.count)
      unsafe result.append(esp_plan(cuts: UnsafePointer(arena.store(cuts)), n_cuts: count))
    }
    guard let pointer = unsafe arena.store(result) else {
      throw PluginError(.internalError, "no plans to hand over")
    }
    return unsafe UnsafePointer(pointer)
  }

  private func index(of name: String) throws(PluginError) -> UInt32 {
    let known: [String: Int]
    if let indices {
      known = indices
    } else {
      known = Dictionary(
        try groups.map { ($0.name, $0.index) },
        uniquingKeysWith: { first, _ in first }
      )
      indices = known
    }
    guard let index = known[name] else {
      throw PluginError(.notFound, "the plan cuts \"\(name)\", which is no channel group here")
    }
    return UInt32(index)
  }

  @unsafe
  private func dense(_ view: esp_tensor_view) throws(PluginError) -> WeightView {
    let rank = Int(unsafe view.ndim)
    let shape = (0..<rank).map { Int(unsafe view.shape?[$0] ?? 0) }
    guard
      unsafe view.dtype_code == UInt8(ESP_DTYPE_FLOAT) && view.dtype_bits == 32,
      unsafe view.device_type == ESP_DEVICE_CPU
    else {
      throw PluginError(
        .internalError,
        "the host lent a weight that is not 32-bit floats on the CPU"
      )
    }
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

  /// What the host offers; nothing between calls.
  private var functions: esp_pruning_host {
    unsafe table?.pointee ?? esp_pruning_host()
  }
}

@available(*, unavailable)
extension HostPruningContext: Sendable {}
