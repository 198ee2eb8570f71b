import CGuard
import PluginKit

/// A plain C function as a score of channels.
///
/// A group with one producer has that weight's scores. With several, each producer's scores are
/// divided by their mean and added up, so that no layer outweighs another by its scale. Gradients are taken where an
/// argument is bound to them.
struct FunctionScorer: ChannelScorer {
  private let function: CFunction
  private let settings: Settings

  init(_ function: CFunction, settings: Settings) {
    self.function = function
    self.settings = settings
  }

  func score(_ group: PruningGroup, of model: any PruningContext) throws(PluginError) -> [Double] {
    let producers = group.members.filter { $0.kind == .producer }
    let members = producers.isEmpty ? Array(group.members.prefix(1)) : producers
    let takesGradient = function.declaration.arguments.contains {
      $0.binding == .pruner(.gradientData)
    }
    var total = [Double](repeating: 0, count: group.channels)
    for member in members {
      let weight = ChannelRows(try model.weight(member.index, of: group), member)
      let gradient =
        takesGradient
        ? ChannelRows(try model.gradient(member.index, of: group), member) : nil
      let scores = try score(weight, gradient, group, seed: model.seed)
      let mean = scores.reduce(0, +) / Double(max(1, scores.count))
      let scale = members.count > 1 && mean != 0 ? 1 / mean : 1
      for (index, score) in scores.enumerated() where member.first + index < total.count {
        total[member.first + index] += score * scale
      }
    }
    return total
  }

  private func score(
    _ weight: ChannelRows,
    _ gradient: ChannelRows?,
    _ group: PruningGroup,
    seed: UInt64
  ) throws(PluginError) -> [Double] {
    let arena = function.host.memory.arena()
    let out = unsafe arena.scratch(byteCount: weight.channels * 8)
    let base = unsafe weight.base(in: arena)
    let isPerChannel = function.declaration.role == .scoreChannel
    let shape = isPerChannel ? Array(weight.shape.dropFirst()) : weight.shape
    var slots = function.declaration.arguments.map { argument -> UInt64 in
      switch argument.binding {
      case .seed: seed
      case .parameter(let name): argument.type.bits(settings.values[name], in: arena)
      case .pruner(let binding):
        switch binding {
        case .weightData: UInt64(UInt(bitPattern: base))
        case .gradientData: UInt64(UInt(bitPattern: unsafe gradient?.base(in: arena)))
        case .weightCount: argument.type.bits(shape.reduce(1, *))
        case .weightRank: argument.type.bits(shape.count)
        case .weightShape: UInt64(UInt(bitPattern: unsafe arena.store(shape.map(Int64.init))))
        case .weightExtent(let axis):
          argument.type.bits(shape.indices.contains(axis) ? shape[axis] : 1)
        case .scores: UInt64(UInt(bitPattern: out))
        case .scoreCount, .channels: argument.type.bits(weight.channels)
        case .channelIndex: 0
        case .groupName: UInt64(UInt(bitPattern: unsafe arena.text(group.name)))
        }
      case .distill: 0
      }
    }
    let scores =
      isPerChannel
      ? try scoreEach(&slots, weight, group)
      : try unsafe scoreAll(&slots, weight, group, out)
    extendLifetime(arena)
    let origin = PluginError.Origin(
      plugin: function.host.plugin,
      function: function.declaration.symbol,
      layer: group.name
    )
    try scores.checkScores(origin: origin, host: function.host)
    return scores
  }

  private func scoreAll(
    _ slots: inout [UInt64],
    _ weight: ChannelRows,
    _ group: PruningGroup,
    _ out: UnsafeMutableRawPointer
  ) throws(PluginError) -> [Double] {
    _ = try unsafe function.call(&slots, layer: group.name)
    let isDouble = function.declaration.arguments.contains {
      $0.binding == .pruner(.scores) && $0.type == .f64Pointer
    }
    if isDouble {
      return unsafe Array(
        UnsafeBufferPointer(
          start: out.assumingMemoryBound(to: Double.self),
          count: weight.channels
        )
      )
    }
    return unsafe UnsafeBufferPointer(
      start: out.assumingMemoryBound(to: Float.self),
      count: weight.channels
    ).map(Double.init)
  }

  private func scoreEach(
    _ slots: inout [UInt64],
    _ weight: ChannelRows,
    _ group: PruningGroup
  ) throws(PluginError) -> [Double] {
    guard case .result(let type) = function.declaration.returns else { return [] }
    let arguments = function.declaration.arguments
    let rowBytes = UInt64(weight.rowCount * MemoryLayout<Float>.stride)
    var scores: [Double] = []
    scores.reserveCapacity(weight.channels)
    for channel in 0..<weight.channels {
      if channel > 0 {
        for (index, argument) in arguments.enumerated() {
          switch argument.binding {
          case .pruner(.weightData), .pruner(.gradientData): slots[index] += rowBytes
          case .pruner(.channelIndex): slots[index] = argument.type.bits(channel)
          default: break
          }
        }
      }
      let result = try unsafe function.call(&slots, layer: group.name)
      switch type {
      case .f32, .f64: scores.append(result.f)
      case .u64: scores.append(Double(UInt64(bitPattern: result.i)))
      default: scores.append(Double(result.i))
      }
    }
    return scores
  }
}
