package import Files
package import PluginHost
import Training

/// What a run writes down beside its files: its steps, figures over their iterations, and what made it.
///
/// The tables are in `run.sqlite`. Checkpoints, not this file, say where a run is: it may be deleted.
package final class RunStore: TrainingStore {
  /// The tables' version, which a file states as its `user_version`.
  package static let version = 1

  private let database: Database
  private let insert: DatabaseStatement

  /// Opens the store of a run folder, making its tables where they are not there.
  ///
  /// - Throws: ``DatabaseError``; also for a file of a later version.
  package init(folder: String) throws {
    let database = try Database("\(folder)/run.sqlite")
    self.database = database
    try Self.makeTables(database)
    insert = try database.prepare(
      "INSERT OR REPLACE INTO metrics (step, iteration, name, value) VALUES (?, ?, ?, ?)"
    )
  }

  private static func makeTables(_ database: Database) throws {
    let found = try database.schemaVersion
    guard found <= version else {
      throw DatabaseError(
        path: database.path,
        code: 0,
        reason: "its tables have version \(found), this program knows \(version): take a newer one",
        statement: nil
      )
    }
    guard found == 0 else { return }
    try database.transaction {
      try database.execute(
        """
        CREATE TABLE IF NOT EXISTS steps (
          step INTEGER PRIMARY KEY, name TEXT NOT NULL, state TEXT NOT NULL, summary TEXT
        );
        CREATE TABLE IF NOT EXISTS metrics (
          step INTEGER NOT NULL, iteration INTEGER NOT NULL, name TEXT NOT NULL, value REAL,
          PRIMARY KEY (step, iteration, name)
        ) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS provenance (key TEXT PRIMARY KEY, value TEXT NOT NULL);
        PRAGMA user_version = \(version);
        """
      )
    }
  }

  /// Notes that a step runs; what it wrote after `iteration` before it was interrupted is forgotten.
  ///
  /// - Throws: ``DatabaseError``.
  package func begin(step: Int, name: String, from iteration: Int) throws {
    try database.transaction {
      try database.execute(
        "INSERT INTO steps (step, name, state) VALUES (?, ?, 'running') "
          + "ON CONFLICT (step) DO UPDATE SET name = excluded.name, state = 'running'",
        [.int(step), .text(name)]
      )
      try database.execute(
        "DELETE FROM metrics WHERE step = ? AND iteration > ?",
        [.int(step), .int(iteration)]
      )
    }
  }

  /// Writes figures of an iteration, all or none.
  ///
  /// - Throws: ``DatabaseError``.
  package func log(
    step: Int,
    iteration: Int,
    _ figures: [(name: String, value: Double)]
  ) throws {
    try database.transaction {
      for (name, value) in figures {
        try insert.run([.int(step), .int(iteration), .text(name), .double(value)])
      }
    }
  }

  /// Notes that a step is done.
  ///
  /// - Throws: ``DatabaseError``.
  package func finish(step: Int, name: String, summary: JSONValue) throws(DatabaseError) {
    try database.execute(
      "INSERT OR REPLACE INTO steps (step, name, state, summary) VALUES (?, ?, 'done', ?)",
      [.int(step), .text(name), .text(summary.line)]
    )
  }

  /// Notes what the run is made by.
  ///
  /// - Throws: ``DatabaseError``.
  package func record(_ provenance: [(key: String, value: String)]) throws {
    try database.transaction {
      for (key, value) in provenance {
        try database.execute(
          "INSERT OR REPLACE INTO provenance (key, value) VALUES (?, ?)",
          [.text(key), .text(value)]
        )
      }
    }
  }

  /// Notes that a step's strategy failed, and so what a resumed run does in its place.
  ///
  /// - Throws: ``DatabaseError``.
  package func record(_ failure: FailedStep.Failure, ofStep number: Int) throws {
    try record([("failure.\(number)", JSONValue.object(failure.members).line)])
  }

  /// How a step's strategy failed before the run was interrupted; nil where it did not.
  ///
  /// - Throws: ``DatabaseError``.
  package func failure(ofStep number: Int) throws -> FailedStep.Failure? {
    guard let text = try value(of: "failure.\(number)") else { return nil }
    return (try? JSONReader.read(Array(text.utf8))).flatMap(FailedStep.Failure.init)
  }

  /// Notes the plugins that a run was given; a resumed one needs the same.
  ///
  /// What an earlier run in the folder has noted is forgotten.
  ///
  /// - Throws: ``TrainingError/otherRun(path:what:stored:wanted:)``; ``DatabaseError``.
  package func settle(_ plugins: [PluginIdentity], isResuming: Bool) throws {
    if !isResuming {
      try database.execute(
        "DELETE FROM provenance WHERE key LIKE 'failure.%' OR key LIKE 'plugin.%'"
      )
    }
    for plugin in plugins {
      let key = "plugin.\(plugin.id)"
      if let stored = try value(of: key), stored != plugin.description {
        throw TrainingError.otherRun(
          path: database.path,
          what: "plugin \(plugin.id)",
          stored: stored,
          wanted: plugin.description
        )
      }
      try record([(key, plugin.description)])
    }
  }

  /// What the run has noted under a key.
  ///
  /// - Throws: ``DatabaseError``.
  package func value(of key: String) throws -> String? {
    try database.rows("SELECT value FROM provenance WHERE key = ?", [.text(key)]).first?.first?.text
  }

  /// The folder that the paths of a run's recipe start from.
  ///
  /// - Throws: ``DatabaseError``; ``TrainingError/notARun(folder:reason:)`` where the run does not say.
  package static func base(of folder: String) throws -> String {
    guard File.exists("\(folder)/run.sqlite") else {
      throw TrainingError.notARun(
        folder: folder,
        reason: "it has no run.sqlite; name its recipe too"
      )
    }
    let rows = try Database("\(folder)/run.sqlite")
      .rows("SELECT value FROM provenance WHERE key = 'base'")
    guard let base = rows.first?.first?.text else {
      throw TrainingError.notARun(
        folder: folder,
        reason: "it does not say where its recipe was; name it too"
      )
    }
    return base
  }

  /// The values of a figure, by iteration.
  ///
  /// - Throws: ``DatabaseError``.
  package func values(
    of name: String,
    step: Int
  ) throws(DatabaseError) -> [(iteration: Int, value: Double)] {
    let rows = try database.rows(
      "SELECT iteration, value FROM metrics WHERE step = ? AND name = ? ORDER BY iteration",
      [.int(step), .text(name)]
    )
    return rows.compactMap { row in
      guard let iteration = row[0].int, let value = row[1].double else { return nil }
      return (iteration, value)
    }
  }
}

@available(*, unavailable) extension RunStore: Sendable {}
