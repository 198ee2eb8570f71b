/// How the strategies of one interface cross the boundary.
@safe
struct StrategyExport: Sendable {
  /// The interface's id, such as `esp.pruner/1`.
  let interface: String
  /// The least minor of a host that knows the interface.
  let hostMinor: UInt32
  /// Writes the strategy's table of functions into the arena.
  let vtable: @Sendable (CArena) -> UnsafeRawPointer
  /// Makes what C calls `self`; the table's functions find their instance by it.
  let make: @Sendable (Settings, HostTable) throws(PluginError) -> AnyObject
}
