import Files
package import Search
import Training

/// The trials of a step in a run's SQLite file, by their numbers, and the results of units, by their content.
package final class SearchStore: TrialStore {
  private let database: Database
  private let step: Int

  /// Opens the store of one step of a run; others may live in the same file.
  ///
  /// - Throws: ``DatabaseError``.
  package init(_ database: Database, step: Int) throws(DatabaseError) {
    self.database = database
    self.step = step
    try database.execute(
      """
      CREATE TABLE IF NOT EXISTS searches (
        step INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (step, key)
      ) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS trials (
        step INTEGER NOT NULL, number INTEGER NOT NULL, tokens TEXT NOT NULL, state TEXT NOT NULL,
        rung INTEGER NOT NULL, figures TEXT, reward REAL, full_reward REAL, seed TEXT NOT NULL,
        seconds REAL NOT NULL, full_seconds REAL NOT NULL, units TEXT NOT NULL, full_unit TEXT, reason TEXT,
        PRIMARY KEY (step, number)
      ) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS units (unit TEXT PRIMARY KEY, result TEXT NOT NULL) WITHOUT ROWID;
      """
    )
  }

  /// The value of a key that decides the search: what the first that asked said.
  ///
  /// - Throws: ``DatabaseError``.
  package func settled(_ key: String, _ value: String) throws(DatabaseError) -> String {
    try database.execute(
      "INSERT OR IGNORE INTO searches (step, key, value) VALUES (?, ?, ?)",
      [.int(step), .text(key), .text(value)]
    )
    let rows = try database.rows(
      "SELECT value FROM searches WHERE step = ? AND key = ?",
      [.int(step), .text(key)]
    )
    return rows.first?.first?.text ?? value
  }

  /// Whether anything of a search is there.
  ///
  /// - Throws: ``DatabaseError``.
  package var isBegun: Bool {
    get throws(DatabaseError) {
      try !database.rows("SELECT 1 FROM searches WHERE step = ? LIMIT 1", [.int(step)]).isEmpty
    }
  }

  package func trials() throws -> [Trial] {
    let rows = try database.rows(
      """
      SELECT number, tokens, state, rung, figures, reward, full_reward, seed, seconds, full_seconds, units, full_unit, reason
      FROM trials WHERE step = ? ORDER BY number
      """,
      [.int(step)]
    )
    return try rows.map { row in
      guard let trial = Trial(row) else {
        throw DatabaseError(
          path: database.path,
          code: 0,
          reason: "the record of trial \(row[0].int ?? -1) is damaged; name another run folder",
          statement: nil
        )
      }
      return trial
    }
  }

  package func record(_ trial: Trial) throws {
    try database.execute(
      "INSERT OR REPLACE INTO trials VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      [
        .int(step), .int(trial.number), .text(JSONValue(trial.tokens).line),
        .text(trial.state.rawValue), .int(trial.rung),
        trial.figures.map { .text($0.json.line) } ?? .null,
        trial.reward.map { .double($0) } ?? .null,
        trial.fullReward.map { .double($0) } ?? .null, .text(String(trial.seed)),
        .double(trial.seconds), .double(trial.fullSeconds), .text(JSONValue(trial.units).line),
        trial.fullUnit.map { .text($0) } ?? .null,
        trial.reason.map { .text($0) } ?? .null,
      ]
    )
  }

  package func result(of unit: String) throws -> TrialResult? {
    let rows = try database.rows("SELECT result FROM units WHERE unit = ?", [.text(unit)])
    guard let text = rows.first?.first?.text else { return nil }
    return (try? JSONReader.read(Array(text.utf8))).flatMap(TrialResult.init)
  }

  package func record(_ result: TrialResult) throws {
    try database.execute(
      "INSERT OR REPLACE INTO units (unit, result) VALUES (?, ?)",
      [.text(result.unit), .text(result.json.line)]
    )
  }
}

@available(*, unavailable) extension SearchStore: Sendable {}

extension Trial {
  /// The trial of a row; nil where a column holds something else.
  fileprivate init?(_ row: [DatabaseValue]) {
    func json(_ column: Int) -> JSONValue? {
      row[column].text.flatMap { try? JSONReader.read(Array($0.utf8)) }
    }
    guard let number = row[0].int, let tokens = json(1)?.items?.map(\.whole),
      !tokens.contains(nil), let state = row[2].text.flatMap(State.init),
      let seed = row[7].text.flatMap({ UInt64($0) }), let units = json(10)?.items
    else { return nil }
    self.init(number: number, tokens: tokens.compactMap(\.self), state: state)
    rung = row[3].int ?? 0
    figures = json(4).flatMap(NetworkFigures.init)
    reward = row[5].double
    fullReward = row[6].double
    self.seed = seed
    seconds = row[8].double ?? 0
    fullSeconds = row[9].double ?? 0
    self.units = units.compactMap(\.string)
    fullUnit = row[11].text
    reason = row[12].text
  }
}
