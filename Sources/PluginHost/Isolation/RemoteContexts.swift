import PluginKit
import Processes

/// The model of another process, as a pruner sees it.
final class RemotePruning: PruningContext {
  let seed: UInt64
  private let server: IsolationServer
  private var known: [PruningGroup]?

  init(_ server: IsolationServer, seed: UInt64) {
    self.server = server
    self.seed = seed
  }

  var shouldStop: Bool { server.place.shouldStop }

  var groups: [PruningGroup] {
    get throws(PluginError) {
      if let known { return known }
      var answer = try server.ask(.groups)
      let groups: [PruningGroup] = try answer.values()
      known = groups
      return groups
    }
  }

  func weight(_ member: Int, of group: PruningGroup) throws(PluginError) -> WeightView {
    try view(.weight, member, group)
  }

  func gradient(_ member: Int, of group: PruningGroup) throws(PluginError) -> WeightView {
    try view(.gradient, member, group)
  }

  var gradientSamples: Int {
    get throws(PluginError) {
      var answer = try server.ask(.gradientSamples)
      return try answer.int()
    }
  }

  func maskGradients(of group: PruningGroup) throws(PluginError) -> [[Double]] {
    var answer = try server.ask(.maskGradients) { $0.add(group.index) }
    var rows: [[Double]] = []
    for _ in 0..<max(0, try answer.int()) { rows.append(try answer.values()) }
    return rows
  }

  private func view(
    _ question: Dialogue.Question,
    _ member: Int,
    _ group: PruningGroup
  ) throws(PluginError) -> WeightView {
    var answer = try server.ask(question) { packer in
      packer.add(group.index)
      packer.add(member)
    }
    return try WeightView(from: &answer)
  }

  func importance(of group: PruningGroup) throws(PluginError) -> [Double] {
    var answer = try server.ask(.importance) { $0.add(group.index) }
    return try answer.values()
  }

  func model() throws(PluginError) -> [UInt8] {
    var answer = try server.ask(.model)
    return try answer.data()
  }

  func cost(of plans: [PruningPlan]) throws(PluginError) -> [PruningCost] {
    var answer = try server.ask(.cost) { $0.add(plans) }
    return try answer.values()
  }

  func evaluate(_ plans: [PruningPlan]) throws(PluginError) -> [Double] {
    var answer = try server.ask(.evaluate) { $0.add(plans) }
    return try answer.values()
  }

  func log(_ level: LogLevel, _ message: String) { server.place.remark(level, message) }
}

@available(*, unavailable) extension RemotePruning: Sendable {}

/// The tensors of another process, as a quantizer sees them.
final class RemoteQuantizing: QuantizationContext {
  let seed: UInt64
  private let server: IsolationServer
  private var known: [QuantizedTensor]?

  init(_ server: IsolationServer, seed: UInt64) {
    self.server = server
    self.seed = seed
  }

  var shouldStop: Bool { server.place.shouldStop }

  var tensors: [QuantizedTensor] {
    get throws(PluginError) {
      if let known { return known }
      var answer = try server.ask(.tensors)
      let tensors: [QuantizedTensor] = try answer.values()
      known = tensors
      return tensors
    }
  }

  func weight(of tensor: QuantizedTensor) throws(PluginError) -> WeightView {
    var answer = try server.ask(.tensorWeight) { $0.add(tensor.index) }
    return try WeightView(from: &answer)
  }

  func statistics(of tensor: QuantizedTensor) throws(PluginError) -> CalibrationStatistics {
    var answer = try server.ask(.statistics) { $0.add(tensor.index) }
    return try answer.value()
  }

  func log(_ level: LogLevel, _ message: String) { server.place.remark(level, message) }
}

@available(*, unavailable) extension RemoteQuantizing: Sendable {}

/// The training of another process, as a loss sees it.
final class RemoteDistilling: DistillContext {
  let step: Int
  let steps: Int
  let inputHeight: Int
  let inputWidth: Int
  let seed: UInt64
  private let server: IsolationServer

  init(_ server: IsolationServer, _ unpacker: inout Unpacker) throws(PluginError) {
    self.server = server
    step = try unpacker.int()
    steps = try unpacker.int()
    inputHeight = try unpacker.int()
    inputWidth = try unpacker.int()
    seed = try unpacker.uint()
  }

  var shouldStop: Bool { server.place.shouldStop }

  func targets() throws(PluginError) -> [DistillTarget] {
    var answer = try server.ask(.targets)
    return try answer.values()
  }

  func log(_ level: LogLevel, _ message: String) { server.place.remark(level, message) }
}

@available(*, unavailable) extension RemoteDistilling: Sendable {}

/// The run of another process, as a search space sees it.
final class RemoteSearch: SearchContext {
  let network: (any PruningContext)?
  let inputSize: (height: Int, width: Int)?
  let classes: Int?
  let seed: UInt64
  private let server: IsolationServer

  init(_ server: IsolationServer, _ unpacker: inout Unpacker) throws(PluginError) {
    self.server = server
    seed = try unpacker.uint()
    let height: Int? = try unpacker.optional()
    let width: Int? = try unpacker.optional()
    if let height, let width { inputSize = (height, width) } else { inputSize = nil }
    classes = try unpacker.optional()
    let hasNetwork = try unpacker.bool()
    let networkSeed = try unpacker.uint()
    network = hasNetwork ? RemotePruning(server, seed: networkSeed) : nil
  }

  var shouldStop: Bool { server.place.shouldStop }

  func log(_ level: LogLevel, _ message: String) { server.place.remark(level, message) }
}

@available(*, unavailable) extension RemoteSearch: Sendable {}
