import CSQLite

/// A statement of SQL, parsed once, run as often as is wanted.
@safe package final class DatabaseStatement {
  private let statement: OpaquePointer
  private let sql: String
  private let database: Database

  @unsafe init(_ statement: OpaquePointer, _ sql: String, of database: Database) {
    unsafe self.statement = statement
    self.sql = sql
    self.database = database
  }

  deinit { _ = unsafe sqlite3_finalize(statement) }

  /// Runs the statement to its end.
  ///
  /// - Throws: ``DatabaseError``.
  package func run(_ values: [DatabaseValue] = []) throws(DatabaseError) {
    _ = try rows(values)
  }

  /// Runs the statement and collects its rows.
  ///
  /// - Throws: ``DatabaseError``.
  package func rows(_ values: [DatabaseValue] = []) throws(DatabaseError) -> [[DatabaseValue]] {
    defer {
      _ = unsafe sqlite3_reset(statement)
      _ = unsafe sqlite3_clear_bindings(statement)
    }
    for (index, value) in values.enumerated() { try bind(value, at: Int32(index + 1)) }
    var rows: [[DatabaseValue]] = []
    while true {
      switch unsafe sqlite3_step(statement) {
      case SQLITE_ROW:
        let count = unsafe sqlite3_column_count(statement)
        rows.append((0..<count).map(column))
      case SQLITE_DONE: return rows
      case let status: throw database.error(status, sql)
      }
    }
  }

  private func bind(_ value: DatabaseValue, at index: Int32) throws(DatabaseError) {
    // SQLite copies what it is given (SQLITE_TRANSIENT).
    let copies = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    let status =
      switch value {
      case .null: unsafe sqlite3_bind_null(statement, index)
      case .int(let value): unsafe sqlite3_bind_int64(statement, index, Int64(value))
      case .double(let value): unsafe sqlite3_bind_double(statement, index, value)
      case .text(let value):
        unsafe sqlite3_bind_text(statement, index, value, Int32(value.utf8.count), copies)
      case .blob(let bytes):
        unsafe bytes.withUnsafeBytes {
          unsafe sqlite3_bind_blob(statement, index, $0.baseAddress, Int32($0.count), copies)
        }
      }
    guard status == SQLITE_OK else { throw database.error(status, sql) }
  }

  private func column(_ index: Int32) -> DatabaseValue {
    switch unsafe sqlite3_column_type(statement, index) {
    case SQLITE_INTEGER: return .int(Int(unsafe sqlite3_column_int64(statement, index)))
    case SQLITE_FLOAT: return .double(unsafe sqlite3_column_double(statement, index))
    case SQLITE_TEXT:
      return unsafe .text(
        sqlite3_column_text(statement, index).map { unsafe String(cString: $0) } ?? ""
      )
    case SQLITE_BLOB:
      let count = Int(unsafe sqlite3_column_bytes(statement, index))
      let bytes = unsafe UnsafeRawBufferPointer(
        start: sqlite3_column_blob(statement, index),
        count: count
      )
      return unsafe .blob(Array(bytes))
    default: return .null
    }
  }
}

@available(*, unavailable) extension DatabaseStatement: Sendable {}
