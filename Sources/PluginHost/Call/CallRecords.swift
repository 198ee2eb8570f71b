import PluginKit
import Synchronization

/// The records of an instance's calls: one that it keeps, so that most calls need not look for one, and others while that is in use.
@safe
struct CallRecords<Record: CallRecord>: ~Copyable {
  private let pool: RecordPool
  private let spare: Spare<Record>

  init(of host: HostRecord) {
    pool = host.records
    spare = Spare(host.records.take())
  }

  deinit { pool.give(unsafe spare.borrow()?.takeUnretainedValue()) }

  /// Runs a call with a record that no other call has.
  func with<Answer>(
    _ body: (Record) throws(PluginError) -> Answer
  ) throws(PluginError) -> Answer {
    guard let record = unsafe spare.borrow() else {
      let record: Record = pool.take()
      defer {
        record.close()
        pool.give(record)
      }
      return try body(record)
    }
    defer { spare.giveBack() }
    let answer = unsafe record._withUnsafeGuaranteedRef { record in
      defer { record.close() }
      return Result { () throws(PluginError) in try body(record) }
    }
    return try answer.get()
  }
}

/// A plugin's records that no call has; none is ever freed, since the plugin may hold on to its address.
final class RecordPool: Sendable {
  /// `@unchecked`: a record in here is nobody's.
  private struct Free: @unchecked Sendable {
    var records: [CallRecord] = []
  }
  private let free = Mutex(Free())
  /// Where lies what the calls lend.
  private let memory: PluginMemory

  init(memory: PluginMemory) { self.memory = memory }

  func take<Record: CallRecord>() -> Record {
    let found = unsafe free.withLock { free -> Unmanaged<CallRecord>? in
      guard let place = free.records.lastIndex(where: { type(of: $0) == Record.self }) else {
        return nil
      }
      return unsafe .passUnretained(free.records.remove(at: place))
    }
    if let record = unsafe found?.takeUnretainedValue() as? Record { return record }
    let record = Record()
    record.memory = memory
    _ = unsafe Unmanaged.passRetained(record)
    return record
  }

  func give(_ record: CallRecord?) {
    guard let record else { return }
    let address = unsafe Unmanaged.passUnretained(record)
    free.withLock { unsafe $0.records.append(address.takeUnretainedValue()) }
  }
}
