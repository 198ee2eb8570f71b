import CGuard
package import PluginKit

/// An instance of a strategy that offers networks to search among.
///
/// `@unchecked`: see `PluginInstance`; the table is immutable.
@safe
final class SpaceInstance: PluginInstance, @unchecked Sendable {
  private let table: esp_space_v1
  private let spare = Spare(SpaceCall())

  init(
    _ strategy: LoadedStrategy,
    _ vtable: SpaceVtable,
    settings: Settings
  ) throws(PluginError) {
    table = vtable.table
    try super.init(strategy, settings: settings)
  }

  func dimensions(in context: any SearchContext) throws(PluginError) -> [SearchDimension] {
    var functions = table
    return try unsafe call("dimensions", context, takes: .dimensions) { record, _, crumb, fault in
      unsafe esp_guard_space_dimensions(
        &crumb,
        &functions,
        instance,
        record.pointer,
        record.host,
        fault
      )
    } answer: { (record, _) throws(PluginError) in
      guard !record.dimensions.isEmpty else {
        throw PluginError(.invalidArgument, "the space has no dimension: call add_dimension")
      }
      return record.dimensions
    }
  }

  func start(
    _ dimensions: [SearchDimension],
    in context: any SearchContext
  ) throws(PluginError) -> [Int] {
    guard unsafe table.start != nil else { return dimensions.map(\.range.lowerBound) }
    var functions = table
    var raw = [Int64](repeating: .min, count: max(1, dimensions.count))
    return try unsafe call("start", context, takes: .nothing) { record, _, crumb, fault in
      unsafe esp_guard_space_start(
        &crumb,
        &functions,
        instance,
        record.pointer,
        record.host,
        &raw,
        UInt32(dimensions.count),
        fault
      )
    } answer: { (_, _) throws(PluginError) in
      let tokens = raw.prefix(dimensions.count).map { Int($0) }
      try dimensions.check(tokens)
      return tokens
    }
  }

  func isFeasible(
    _ tokens: [Int],
    in context: any SearchContext
  ) throws(PluginError) -> Bool {
    guard unsafe table.feasible != nil else { return true }
    var functions = table
    var answer: Int32 = -1
    return try unsafe call("feasible", context, tokens, takes: .nothing) {
      record,
      raw,
      crumb,
      fault in
      unsafe esp_guard_space_feasible(
        &crumb,
        &functions,
        instance,
        record.pointer,
        record.host,
        raw,
        UInt32(tokens.count),
        &answer,
        fault
      )
    } answer: { (_, _) throws(PluginError) in
      guard answer == 0 || answer == 1 else {
        throw PluginError(.invalidArgument, "it wrote \(answer) where 1 or 0 is wanted")
      }
      return answer == 1
    }
  }

  func network(
    _ tokens: [Int],
    in context: any SearchContext
  ) throws(PluginError) -> SearchedNetwork {
    var functions = table
    return try unsafe call("decode", context, tokens, takes: .network) {
      record,
      raw,
      crumb,
      fault in
      unsafe esp_guard_space_decode(
        &crumb,
        &functions,
        instance,
        record.pointer,
        record.host,
        raw,
        UInt32(tokens.count),
        fault
      )
    } answer: { (record, plan) throws(PluginError) in
      try record.network(cut: plan)
    }
  }

  /// One call into the plugin: its record, its lock, and its errors with the place.
  ///
  /// The tokens are lent to the plugin, and messages name them; `body` makes the guard's call, `answer` checks what came back.
  @unsafe
  private func call<Result>(
    _ function: StaticString,
    _ context: any SearchContext,
    _ tokens: [Int] = [],
    takes: SpaceCall.Answer,
    _ body: (
      SpaceCall, UnsafePointer<Int64>, inout esp_crumb, UnsafeMutablePointer<esp_fault>
    ) -> esp_status,
    answer: (SpaceCall, PruningPlan) throws(PluginError) -> Result
  ) throws(PluginError) -> Result {
    let place = tokens.isEmpty ? "" : "tokens " + tokens.map(String.init).joined(separator: ",")
    do throws(PluginError) {
      return try withRecord { record throws(PluginError) in
        record.memory = host.memory
        unsafe try record.open(context, takes: takes)
        let raw: UnsafeMutablePointer<Int64>? = unsafe record.arena.store(
          tokens.isEmpty ? [0] : tokens.map(Int64.init)
        )
        lock?.lock()
        let (status, fault) = unsafe place.withCrossing { place in
          var crumb = unsafe host.crumb(function, layer: place)
          return unsafe withFault { fault in
            guard let raw = unsafe raw else { return ESP_E_INTERNAL }
            return unsafe body(record, raw, &crumb, fault)
          }
        }
        lock?.unlock()
        let plan = record.finish()
        extendLifetime(context)
        if let rejection = record.rejection { throw rejection }
        guard status == ESP_OK else { throw record.error(status, fault: fault) }
        return try answer(record, plan)
      }
    } catch {
      var error = error
      error.origin = PluginError.Origin(
        plugin: host.plugin,
        function: "\(function)",
        layer: place.isEmpty ? nil : place
      )
      throw error
    }
  }

  /// Runs a call with the record that the instance keeps, or with a new one while another call has it.
  private func withRecord<Answer>(
    _ body: (SpaceCall) throws(PluginError) -> Answer
  ) throws(PluginError) -> Answer {
    guard let record = unsafe spare.borrow() else { return try body(SpaceCall()) }
    defer { spare.giveBack() }
    let answer = unsafe record._withUnsafeGuaranteedRef { record in
      Result { () throws(PluginError) in try body(record) }
    }
    return try answer.get()
  }
}

extension [SearchDimension] {
  /// Throws where tokens are not one a dimension, each within its bounds.
  package func check(_ tokens: [Int]) throws(PluginError) {
    guard tokens.count == count else {
      throw PluginError(.invalidArgument, "\(tokens.count) tokens for \(count) dimensions")
    }
    for (token, dimension) in zip(tokens, self) where !dimension.range.contains(token) {
      let range = "\(dimension.range.lowerBound) to \(dimension.range.upperBound)"
      throw PluginError(
        .invalidArgument,
        token == .min
          ? "the token of \"\(dimension.name)\" was not written"
          : "the token \(token) of \"\(dimension.name)\" is outside \(range)"
      )
    }
  }
}
