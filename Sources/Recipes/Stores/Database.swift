import CSQLite

/// A SQLite file: statements, transactions, and errors that name the file.
///
/// The file is in write-ahead mode, so that others can read it while a run writes. A connection belongs to one thread.
@safe package final class Database {
  package let path: String
  private let connection: OpaquePointer

  /// Opens a file, making it where it is not there.
  ///
  /// - Parameters:
  ///   - path: the file; `:memory:` for none.
  ///   - patience: milliseconds to wait for another process that writes.
  /// - Throws: ``DatabaseError``.
  package init(_ path: String, patience: Int = 10_000) throws(DatabaseError) {
    self.path = path
    var opened: OpaquePointer?
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
    let status = unsafe sqlite3_open_v2(path, &opened, flags, nil)
    guard status == SQLITE_OK, let connection = unsafe opened else {
      let reason = unsafe String(cString: sqlite3_errstr(status))
      _ = unsafe sqlite3_close_v2(opened)
      throw DatabaseError(path: path, code: status, reason: reason, statement: nil)
    }
    unsafe self.connection = connection
    _ = unsafe sqlite3_busy_timeout(connection, Int32(clamping: patience))
    try execute("PRAGMA journal_mode = WAL")
    try execute("PRAGMA synchronous = NORMAL")
    try execute("PRAGMA foreign_keys = ON")
  }

  deinit { _ = unsafe sqlite3_close_v2(connection) }

  /// Runs statements that return nothing, separated by semicolons.
  ///
  /// - Throws: ``DatabaseError``.
  package func execute(_ sql: String) throws(DatabaseError) {
    let status = unsafe sqlite3_exec(connection, sql, nil, nil, nil)
    guard status == SQLITE_OK else { throw error(status, sql) }
  }

  /// Runs one statement with values for its question marks.
  ///
  /// - Throws: ``DatabaseError``.
  package func execute(_ sql: String, _ values: [DatabaseValue]) throws(DatabaseError) {
    try prepare(sql).run(values)
  }

  /// The rows of a query.
  ///
  /// - Throws: ``DatabaseError``.
  package func rows(
    _ sql: String,
    _ values: [DatabaseValue] = []
  ) throws(DatabaseError) -> [[DatabaseValue]] {
    try prepare(sql).rows(values)
  }

  /// Prepares a statement that is run many times.
  ///
  /// - Throws: ``DatabaseError``.
  package func prepare(_ sql: String) throws(DatabaseError) -> DatabaseStatement {
    var prepared: OpaquePointer?
    let status = unsafe sqlite3_prepare_v2(connection, sql, -1, &prepared, nil)
    guard status == SQLITE_OK, let statement = unsafe prepared else {
      throw error(status, sql)
    }
    return unsafe DatabaseStatement(statement, sql, of: self)
  }

  /// Runs `body` so that all of what it writes is there afterwards, or nothing.
  ///
  /// - Throws: ``DatabaseError``, or what `body` throws.
  package func transaction<Result>(_ body: () throws -> Result) throws -> Result {
    try execute("BEGIN IMMEDIATE")
    do {
      let result = try body()
      try execute("COMMIT")
      return result
    } catch {
      // The first error is what counts; a failed rollback leaves nothing written either.
      try? execute("ROLLBACK")
      throw error
    }
  }

  /// The number that tells which tables a file has; 0 in a new one.
  package var schemaVersion: Int {
    get throws(DatabaseError) {
      guard case .int(let version)? = try rows("PRAGMA user_version").first?.first else { return 0 }
      return version
    }
  }

  /// The error of a call on this connection.
  func error(_ status: Int32, _ sql: String?) -> DatabaseError {
    DatabaseError(
      path: path,
      code: status,
      reason: unsafe String(cString: sqlite3_errmsg(connection)),
      statement: sql
    )
  }
}

@available(*, unavailable) extension Database: Sendable {}

/// What SQLite refused.
package struct DatabaseError: Error, Sendable, Hashable, CustomStringConvertible {
  package let path: String
  /// SQLite's result code, such as 13 for a full disk.
  package let code: Int32
  package let reason: String
  package let statement: String?

  /// The file, SQLite's words, and what to do where that is known.
  package var description: String {
    let cure =
      switch code & 0xFF {
      case SQLITE_BUSY: "; another process is writing to it: wait for it, or end it"
      case SQLITE_FULL: "; make room and go on with --resume"
      case SQLITE_CORRUPT, SQLITE_NOTADB: "; move the file away: it will be made anew"
      default: statement.map { " (in: \($0.prefix(200)))" } ?? ""
      }
    return "\(path): \(reason)\(cure)"
  }
}

/// A value in a column or for a question mark.
package enum DatabaseValue: Sendable, Hashable {
  case null
  case int(Int)
  case double(Double)
  case text(String)
  case blob([UInt8])
}

extension DatabaseValue: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByStringLiteral, ExpressibleByNilLiteral
{
  package init(integerLiteral value: Int) { self = .int(value) }
  package init(floatLiteral value: Double) { self = .double(value) }
  package init(stringLiteral value: String) { self = .text(value) }
  package init(nilLiteral: ()) { self = .null }

  /// The whole number, if it is one.
  package var int: Int? { if case .int(let value) = self { value } else { nil } }
  /// The text, if it is one.
  package var text: String? { if case .text(let value) = self { value } else { nil } }
  /// The bytes, if they are some.
  package var blob: [UInt8]? { if case .blob(let value) = self { value } else { nil } }
  /// The number, whole or not.
  package var double: Double? {
    switch self {
    case .double(let value): value
    case .int(let value): Double(value)
    default: nil
    }
  }
}
