import Foundation
import Recipes
import TestSupport
import Testing

struct DatabaseTests {
  private func database(_ folder: ScratchFolder) throws -> Database {
    let database = try Database(folder.path("a.sqlite"))
    try database.execute("CREATE TABLE t (k TEXT PRIMARY KEY, v)")
    return database
  }

  @Test
  func `values come back as they went in`() throws {
    let folder = try ScratchFolder()
    let database = try database(folder)
    let values: [DatabaseValue] = [
      .null, .int(-3), .double(0.25), .text("ä'\n"), .blob([0, 1, 255]), .text(""),
    ]
    let insert = try database.prepare("INSERT INTO t VALUES (?, ?)")
    for (index, value) in values.enumerated() { try insert.run([.text("\(index)"), value]) }
    let rows = try database.rows("SELECT v FROM t ORDER BY k")
    #expect(rows.map { $0[0] } == values)
    #expect(try database.rows("PRAGMA journal_mode") == [["wal"]])
  }

  @Test
  func `a transaction that fails leaves nothing`() throws {
    let folder = try ScratchFolder()
    let database = try database(folder)
    #expect(throws: DatabaseError.self) {
      try database.transaction {
        try database.execute("INSERT INTO t VALUES ('a', 1)")
        try database.execute("INSERT INTO t VALUES ('a', 2)")
      }
    }
    #expect(try database.rows("SELECT * FROM t").isEmpty)
    try database.transaction { try database.execute("INSERT INTO t VALUES ('a', 3)") }
    #expect(try database.rows("SELECT v FROM t") == [[3]])
  }

  @Test
  func `another connection reads while one writes, and a second writer is told to wait`() throws {
    let folder = try ScratchFolder()
    let database = try database(folder)
    let other = try Database(folder.path("a.sqlite"), patience: 0)
    try database.transaction {
      try database.execute("INSERT INTO t VALUES ('a', 1)")
      #expect(try other.rows("SELECT * FROM t").isEmpty)
      let error = #expect(throws: DatabaseError.self) {
        try other.execute("INSERT INTO t VALUES ('b', 1)")
      }
      #expect(error.map { "\($0)".contains("another process is writing") } == true)
    }
    #expect(try other.rows("SELECT k FROM t") == [["a"]])
  }

  @Test
  func `what is no database is said to be none`() throws {
    let folder = try ScratchFolder()
    let path = try folder.write(String(repeating: "no database ", count: 100), to: "x.sqlite")
    let error = #expect(throws: DatabaseError.self) { try Database(path) }
    #expect(error?.path == path)
    #expect(error.map { "\($0)".contains("move the file away") } == true)
  }

  @Test
  func `a store of a later version is refused`() throws {
    let folder = try ScratchFolder()
    _ = try RunStore(folder: folder.path(""))
    try Database(folder.path("run.sqlite")).execute("PRAGMA user_version = 99")
    let error = #expect(throws: DatabaseError.self) { try RunStore(folder: folder.path("")) }
    #expect(error.map { "\($0)".contains("version 99") } == true)
  }
}
