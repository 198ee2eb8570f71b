import CGuard
import PluginKit

/// The C table over a `PruningContext`; every function finds its call by the pointer that it is given.
enum PruningTable {
  /// What is the same in every call.
  static let functions = unsafe esp_pruning_host(
    struct_size: UInt32(MemoryLayout<esp_pruning_host>.size),
    n_groups: 0,
    seed: 0,
    group: { unsafe readGroup($0, $1, $2) },
    member: { unsafe readMember($0, $1, $2, $3) },
    weight: { unsafe lend($0, $1, $2, $3, gradient: false) },
    gradient: { unsafe lend($0, $1, $2, $3, gradient: true) },
    importance: { unsafe readImportance($0, $1, $2, $3) },
    model: { unsafe lendModel($0, $1, $2) },
    cost: { unsafe cost($0, $1, $2, $3) },
    evaluate: { unsafe evaluate($0, $1, $2, $3) },
    set_ratio: { unsafe PruningCall.pruning($0).add(.ratio($2), group: $1) },
    set_channels: { unsafe setChannels($0, $1, $2, $3) },
    set_score: { unsafe PruningCall.pruning($0).setScore(String(crossing: $1)) },
    samples: { unsafe countSamples($0, $1) },
    mask_gradients: { unsafe readMaskGradients($0, $1, $2, $3) }
  )
}

/// Runs a body against the call's context; what it throws becomes the status.
@unsafe
private func answer(
  _ call: OpaquePointer,
  _ body: (PruningCall, any PruningContext) throws(PluginError) -> Void
) -> esp_status {
  let record = unsafe PruningCall.pruning(call)
  guard let context = unsafe record.context else {
    return record.refuse(.unimplemented, "there is no model during this call")
  }
  do throws(PluginError) {
    try body(record, context)
    return ESP_OK
  } catch {
    return record.decline(error)
  }
}

@unsafe
private func readGroup(
  _ call: OpaquePointer,
  _ index: UInt32,
  _ out: UnsafeMutablePointer<esp_group>
) -> esp_status {
  unsafe answer(call) { record, _ throws(PluginError) in
    let group = try record.group(index)
    var raw = unsafe esp_group()
    unsafe raw.roles = group.roles.rawValue
    unsafe raw.name = record.arena.string(group.name)
    unsafe raw.op = record.arena.string(group.op)
    unsafe raw.channels = Int64(group.channels)
    unsafe raw.n_members = UInt32(group.members.count)
    unsafe raw.n_producers = UInt32(group.members.count { $0.kind == .producer })
    unsafe raw.n_consumers = UInt32(group.members.count { $0.kind == .consumer })
    unsafe raw.stride = Int32(clamping: group.stride ?? 0)
    unsafe raw.macs = Int64(group.macs)
    unsafe raw.params = Int64(group.parameters)
    unsafe fill(out, with: raw)
  }
}

@unsafe
private func readMember(
  _ call: OpaquePointer,
  _ group: UInt32,
  _ index: UInt32,
  _ out: UnsafeMutablePointer<esp_member>
) -> esp_status {
  unsafe answer(call) { record, _ throws(PluginError) in
    let member = try member(index, of: try record.group(group))
    var raw = unsafe esp_member()
    unsafe raw.kind = member.kind.rawValue
    unsafe raw.name = record.arena.string(member.name)
    unsafe raw.op = record.arena.string(member.op)
    unsafe raw.axis = Int32(clamping: member.axis)
    unsafe raw.rank = Int32(clamping: member.rank)
    unsafe raw.first = Int64(member.first)
    unsafe raw.count = Int64(member.count)
    unsafe raw.at = Int64(member.at)
    unsafe raw.block = Int64(member.block)
    unsafe fill(out, with: raw)
  }
}

private func member(_ index: UInt32, of group: PruningGroup) throws(PluginError) -> PruningMember {
  guard Int(index) < group.members.count else {
    throw PluginError(
      .invalidArgument,
      "member \(index) of group \"\(group.name)\" does not exist: it has \(group.members.count)"
    )
  }
  return group.members[Int(index)]
}

@unsafe
private func lend(
  _ call: OpaquePointer,
  _ group: UInt32,
  _ index: UInt32,
  _ out: UnsafeMutablePointer<esp_tensor_view>,
  gradient: Bool
) -> esp_status {
  unsafe answer(call) { record, context throws(PluginError) in
    let group = try record.group(group)
    let index = try member(index, of: group).index
    let view =
      gradient
      ? try context.gradient(index, of: group) : try context.weight(index, of: group)
    unsafe fill(out, with: record.lend(view))
  }
}

extension CallRecord {
  /// The view as C sees it, with everything behind it alive until the call ends.
  @unsafe
  func lend(_ view: WeightView) -> esp_tensor_view {
    var strides = [Int64](repeating: 1, count: view.shape.count)
    for axis in view.shape.indices.dropLast().reversed() {
      strides[axis] = strides[axis + 1] * Int64(view.shape[axis + 1])
    }
    var raw = unsafe esp_tensor_view()
    unsafe raw.flags = ESP_VIEW_READ_ONLY
    unsafe raw.data = UnsafeMutableRawPointer(mutating: view.keepAlive(in: arena))
    unsafe raw.device_type = ESP_DEVICE_CPU
    unsafe raw.ndim = Int32(view.shape.count)
    unsafe raw.dtype_code = UInt8(ESP_DTYPE_FLOAT)
    unsafe raw.dtype_bits = 32
    unsafe raw.dtype_lanes = 1
    unsafe raw.shape = UnsafePointer(arena.store(view.shape.map(Int64.init)))
    unsafe raw.strides = UnsafePointer(arena.store(strides))
    return unsafe raw
  }
}

@unsafe
private func readImportance(
  _ call: OpaquePointer,
  _ group: UInt32,
  _ out: UnsafeMutablePointer<Double>,
  _ count: UInt64
) -> esp_status {
  unsafe answer(call) { record, context throws(PluginError) in
    let group = try record.group(group)
    let values = try context.importance(of: group)
    guard values.count == Int(clamping: count) else {
      throw PluginError(
        .invalidArgument,
        "room for \(count) values, but group \"\(group.name)\" has \(values.count) channels"
      )
    }
    unsafe out.update(from: values, count: values.count)
  }
}

@unsafe
private func countSamples(
  _ call: OpaquePointer,
  _ out: UnsafeMutablePointer<UInt64>
) -> esp_status {
  unsafe answer(call) { _, context throws(PluginError) in
    unsafe out.pointee = UInt64(try context.gradientSamples)
  }
}

@unsafe
private func readMaskGradients(
  _ call: OpaquePointer,
  _ group: UInt32,
  _ out: UnsafeMutablePointer<Double>,
  _ count: UInt64
) -> esp_status {
  unsafe answer(call) { record, context throws(PluginError) in
    let group = try record.group(group)
    let rows = try context.maskGradients(of: group)
    guard rows.count * group.channels == Int(clamping: count) else {
      throw PluginError(
        .invalidArgument,
        "room for \(count) values, but group \"\(group.name)\" has \(group.channels) channels "
          + "and there are \(rows.count) images"
      )
    }
    for (index, row) in rows.enumerated() {
      unsafe (out + index * group.channels).update(from: row, count: row.count)
    }
  }
}

@unsafe
private func lendModel(
  _ call: OpaquePointer,
  _ bytes: UnsafeMutablePointer<UnsafePointer<UInt8>?>,
  _ count: UnsafeMutablePointer<UInt64>
) -> esp_status {
  unsafe answer(call) { record, context throws(PluginError) in
    let model = try context.model()
    unsafe bytes.pointee = UnsafePointer(record.arena.store(model))
    unsafe count.pointee = UInt64(model.count)
  }
}

@unsafe
private func cost(
  _ call: OpaquePointer,
  _ plans: UnsafePointer<esp_plan>,
  _ count: UInt64,
  _ out: UnsafeMutablePointer<esp_cost>
) -> esp_status {
  unsafe answer(call) { record, context throws(PluginError) in
    let costs = try context.cost(of: try unsafe read(plans, count, record))
    for (index, cost) in costs.enumerated().prefix(Int(clamping: count)) {
      unsafe out[index] = esp_cost(macs: Int64(cost.macs), params: Int64(cost.parameters))
    }
  }
}

@unsafe
private func evaluate(
  _ call: OpaquePointer,
  _ plans: UnsafePointer<esp_plan>,
  _ count: UInt64,
  _ out: UnsafeMutablePointer<Double>
) -> esp_status {
  unsafe answer(call) { record, context throws(PluginError) in
    let metrics = try context.evaluate(try unsafe read(plans, count, record))
    for (index, metric) in metrics.enumerated().prefix(Int(clamping: count)) {
      unsafe out[index] = metric
    }
  }
}

@unsafe
private func setChannels(
  _ call: OpaquePointer,
  _ group: UInt32,
  _ channels: UnsafePointer<Int64>?,
  _ count: UInt64
) -> esp_status {
  let record = unsafe PruningCall.pruning(call)
  do throws(PluginError) {
    let values = try unsafe read(channels, count, try record.group(group))
    return record.add(.channels(values), group: group)
  } catch {
    return record.reject(error)
  }
}

@unsafe
private func read(
  _ channels: UnsafePointer<Int64>?,
  _ count: UInt64,
  _ group: PruningGroup
) throws(PluginError) -> [Int] {
  guard count <= UInt64(group.channels), unsafe count == 0 || channels != nil else {
    throw PluginError(
      .invalidArgument,
      "\(count) channels are listed for group \"\(group.name)\", which has \(group.channels)"
    )
  }
  return unsafe UnsafeBufferPointer(start: channels, count: Int(count)).map { Int($0) }
}

@unsafe
private func read(
  _ plans: UnsafePointer<esp_plan>,
  _ count: UInt64,
  _ record: PruningCall
) throws(PluginError) -> [PruningPlan] {
  guard count <= 1 << 20 else {
    throw PluginError(.invalidArgument, "\(count) plans at once are too many")
  }
  var result: [PruningPlan] = []
  for index in 0..<Int(count) {
    var plan = PruningPlan()
    let raw = unsafe plans[index]
    guard unsafe raw.n_cuts <= UInt64(record.groups.count),
      unsafe raw.n_cuts == 0 || raw.cuts != nil
    else {
      throw PluginError(
        .invalidArgument,
        "plan \(index) has \(unsafe raw.n_cuts) cuts for \(record.groups.count) groups"
      )
    }
    for position in 0..<Int(unsafe raw.n_cuts) {
      guard let cut = unsafe raw.cuts?[position] else { break }
      let group = try record.group(unsafe cut.group)
      let value: PruningPlan.Cut
      switch unsafe cut.kind {
      case ESP_CUT_RATIO: value = .ratio(unsafe cut.ratio)
      case ESP_CUT_CHANNELS:
        value = .channels(try unsafe read(cut.channels, cut.n_channels, group))
      default:
        throw PluginError(
          .invalidArgument,
          "a cut of plan \(index) has the kind \(unsafe cut.kind)"
        )
      }
      try value.check(against: group)
      guard plan.cuts.updateValue(value, forKey: group.name) == nil else {
        throw PluginError(.invalidArgument, "plan \(index) cuts group \"\(group.name)\" twice")
      }
    }
    result.append(plan)
  }
  return result
}
