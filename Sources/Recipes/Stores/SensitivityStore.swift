package import Evaluation
import Files
import Graphs
import ModelFormats
import Operators
import Pruning

/// Records of a sensitivity analysis in a run's SQLite file, by content: what is there is never measured again.
package final class SensitivityStore: RecordStore {
  /// What decides a record, as one hash: model, images, task, and how many images go through the network at once.
  package let context: String
  private let database: Database

  /// Opens the store of one model on one set of images; others may live in the same file.
  package init(_ database: Database, context: String) throws(DatabaseError) {
    self.database = database
    self.context = context
    try Self.makeTables(database)
  }

  package func records(of cut: String, _ images: Range<Int>) throws -> [ImageRecord]? {
    let rows = try database.rows(
      """
      SELECT value FROM sensitivity_records
      WHERE context = ? AND cut = ? AND image >= ? AND image < ? ORDER BY image
      """,
      [.text(context), .text(cut), .int(images.lowerBound), .int(images.upperBound)]
    )
    guard rows.count == images.count else { return nil }
    return try rows.map { row in
      guard let bytes = row[0].blob, let record = RecordBytes.decode(bytes) else {
        throw SensitivityError.unreadable(path: database.path, "a record of \(cut) is damaged")
      }
      return record
    }
  }

  package func save(_ records: [ImageRecord], of cut: String, _ images: Range<Int>) throws {
    try database.transaction {
      for (image, record) in zip(images, records) {
        try database.execute(
          "INSERT OR IGNORE INTO sensitivity_records VALUES (?, ?, ?, ?)",
          [.text(context), .text(cut), .int(image), .blob(RecordBytes.encode(record))]
        )
      }
    }
  }

  /// Takes over the records of another file, all or none.
  ///
  /// - Throws: ``SensitivityError/disagreement(_:)`` where the two have different records of one image.
  package static func merge(_ other: String, into database: Database) throws {
    try makeTables(database)
    try makeTables(Database(other))
    try database.execute("ATTACH DATABASE ? AS other", [.text(other)])
    defer { _ = try? database.execute("DETACH DATABASE other") }
    try database.transaction {
      let rows = try database.rows(
        """
        SELECT mine.cut, mine.image FROM sensitivity_records AS mine
        JOIN other.sensitivity_records AS theirs USING (context, cut, image)
        WHERE mine.value <> theirs.value LIMIT 1
        """
      )
      if let row = rows.first, let cut = row[0].text, let image = row[1].int {
        throw SensitivityError.disagreement(
          "'\(database.path)' and '\(other)' hold different records of image \(image) under cut "
            + "\(cut.prefix(12)); they come from different machines or versions: keep them apart"
        )
      }
      try database.execute(
        "INSERT OR IGNORE INTO sensitivity_records SELECT * FROM other.sensitivity_records"
      )
    }
  }

  private static func makeTables(_ database: Database) throws(DatabaseError) {
    try database.execute(
      """
      CREATE TABLE IF NOT EXISTS sensitivity_records (
        context TEXT NOT NULL, cut TEXT NOT NULL, image INTEGER NOT NULL, value BLOB NOT NULL,
        PRIMARY KEY (context, cut, image)) WITHOUT ROWID
      """
    )
  }
}

@available(*, unavailable) extension SensitivityStore: Sendable {}

/// Records as bytes: a letter, then numbers, little-endian, as 32-bit floats where those hold them exactly.
enum RecordBytes {
  static func encode(_ record: ImageRecord) -> [UInt8] {
    switch record {
    case .agreement(let value): [UInt8(ascii: "a")] + bytes(value)
    case .boxes(let values):
      if values.allSatisfy({ Double(Float($0)) == $0 }) {
        [UInt8(ascii: "f")] + values.flatMap { bytes(Float($0)) }
      } else {
        [UInt8(ascii: "d")] + values.flatMap { bytes($0) }
      }
    }
  }

  static func decode(_ bytes: [UInt8]) -> ImageRecord? {
    guard let kind = bytes.first else { return nil }
    let body = bytes.dropFirst()
    switch kind {
    case UInt8(ascii: "a"): return numbers(body, Double.self)?.first.map { .agreement($0) }
    case UInt8(ascii: "f"): return numbers(body, Float.self).map { .boxes($0.map(Double.init)) }
    case UInt8(ascii: "d"): return numbers(body, Double.self).map { .boxes($0) }
    default: return nil
    }
  }

  private static func bytes(_ value: some BitwiseCopyable) -> [UInt8] {
    unsafe withUnsafeBytes(of: value) { unsafe Array($0) }
  }

  private static func numbers<Number: BitwiseCopyable>(
    _ bytes: ArraySlice<UInt8>,
    _: Number.Type
  ) -> [Number]? {
    let size = MemoryLayout<Number>.size
    guard bytes.count.isMultiple(of: size) else { return nil }
    return unsafe Array(bytes).withUnsafeBytes { memory in
      stride(from: 0, to: memory.count, by: size).map {
        unsafe memory.loadUnaligned(fromByteOffset: $0, as: Number.self)
      }
    }
  }
}
