/// The host's table for spaces as the Swift protocol; one that a space keeps after the call throws.
@safe
final class HostSearchContext: SearchContext {
  private let host: HostTable
  /// The call that lasts; `nil` after it.
  private var call: OpaquePointer?
  private let table: esp_space_host
  private let pruning: HostPruningContext?

  @unsafe
  init(host: HostTable, call: OpaquePointer, table: UnsafePointer<esp_space_host>) {
    self.host = host
    unsafe self.call = call
    unsafe self.table = unsafe widened(table)
    guard let network = unsafe self.table.network else {
      pruning = nil
      return
    }
    let pruning = HostPruningContext(host: host)
    unsafe pruning.open(call, table: network)
    self.pruning = pruning
  }

  /// Ends the call.
  func close() {
    unsafe call = nil
    pruning?.close()
  }

  var network: (any PruningContext)? { pruning }

  var inputSize: (height: Int, width: Int)? {
    let (height, width) = unsafe (Int(table.input_height), Int(table.input_width))
    return height > 0 && width > 0 ? (height, width) : nil
  }

  var classes: Int? { unsafe table.classes > 0 ? Int(table.classes) : nil }

  var seed: UInt64 { unsafe table.seed }

  var shouldStop: Bool { unsafe call.map { unsafe host.shouldStop($0) } ?? true }

  func log(_ level: LogLevel, _ message: String) { host.log(level, message) }

  /// Hands a dimension to the host.
  func submit(_ dimension: SearchDimension) throws(PluginError) {
    let (add, call) = unsafe try offered(unsafe table.add_dimension, "add_dimension", during: call)
    let arena = CArena()
    let labels = unsafe dimension.labels.map { unsafe arena.string($0) }
    var raw = unsafe esp_dimension(
      struct_size: UInt32(MemoryLayout<esp_dimension>.size),
      flags: dimension.isOrdered ? ESP_DIMENSION_ORDERED : 0,
      name: arena.string(dimension.name),
      low: Int64(dimension.range.lowerBound),
      high: Int64(dimension.range.upperBound),
      labels: UnsafePointer(arena.store(labels)),
      n_labels: UInt32(labels.count),
      reserved: 0
    )
    try PluginError.check(unsafe add(call, &raw), "add_dimension")
    extendLifetime(arena)
  }

  /// Hands the network to the host.
  func submit(_ network: SearchedNetwork) throws(PluginError) {
    switch network {
    case .model(let bytes):
      let (set, call) = unsafe try offered(unsafe table.set_model, "set_model", during: call)
      try PluginError.check(unsafe set(call, bytes, UInt64(bytes.count)), "set_model")
    case .cuts(let plan):
      guard let pruning else {
        throw PluginError(.invalidArgument, "the run has no network to cut")
      }
      try pruning.submit(plan)
    }
  }
}
