internal import Files
import CSimdJSON
import Glibc

/// A COCO file in memory: rows as the file has them, freed with the last reference.
@safe final class COCOFile: Sendable {
  /// What a file is read as.
  enum Kind: Sendable {
    case annotations, results
  }

  /// The file's path.
  let path: String
  /// Ids that are no whole numbers of 64 bits.
  let otherIDs: [COCOID]
  // Written before the reader returns, and only read from then on.
  private nonisolated(unsafe) let contents: UnsafeMutablePointer<espjson_coco>

  /// Reads a whole file.
  ///
  /// - Throws: ``DataError`` with the byte and line where the text is broken, or why the file cannot be opened.
  init(_ path: String, as kind: Kind) throws(DataError) {
    self.path = path
    var failure = espjson_failure()
    let found = unsafe path.withCString { name in
      switch kind {
      case .annotations: unsafe espjson_read_annotations(name, &failure)
      case .results: unsafe espjson_read_results(name, &failure)
      }
    }
    guard let found = unsafe found else { throw Self.error(path, kind, failure) }
    unsafe contents = found
    let ids = unsafe UnsafeBufferPointer(start: found.pointee.ids, count: found.pointee.id_count)
    let names = unsafe UnsafeRawBufferPointer(
      start: found.pointee.names,
      count: found.pointee.names_size
    )
    otherIDs = unsafe ids.map { place in
      let bytes = unsafe Array(names[Int(place.start)..<Int(place.start + place.size)])
      // Texts stand behind a quotation mark.
      return bytes.first == UInt8(ascii: "\"") ? .text(Array(bytes.dropFirst())) : .number(bytes)
    }
  }

  deinit { unsafe espjson_free(contents) }

  /// Whether a list is there: `ESPJSON_IMAGES` and its like.
  func has(_ list: Int) -> Bool { unsafe contents.pointee.lists & UInt32(list) != 0 }

  /// The number of rows: annotations or results.
  var rowCount: Int { unsafe contents.pointee.row_count }

  /// Calls a function with the rows.
  func withRows<Result>(_ body: (Span<espjson_row>) throws -> Result) rethrows -> Result {
    let rows = unsafe UnsafeBufferPointer(
      start: contents.pointee.rows,
      count: contents.pointee.row_count
    )
    return try unsafe body(rows.span)
  }

  /// The objects of `images`.
  var images: [espjson_named] {
    unsafe Array(
      UnsafeBufferPointer(start: contents.pointee.images, count: contents.pointee.image_count)
    )
  }

  /// The objects of `categories`.
  var categories: [espjson_named] {
    unsafe Array(
      UnsafeBufferPointer(
        start: contents.pointee.categories,
        count: contents.pointee.category_count
      )
    )
  }

  /// The name of an object.
  func name(of object: espjson_named) -> String {
    let names = unsafe UnsafeRawBufferPointer(
      start: contents.pointee.names,
      count: contents.pointee.names_size
    )
    let start = Int(object.name)
    let part = unsafe names[start..<start + Int(object.name_size)]
    return unsafe String(decoding: part, as: UTF8.self)
  }

  /// The number of line ends between two bytes.
  func lineEnds(from: UInt64, to: UInt64) -> Int {
    Int(unsafe espjson_line_ends(contents, from, to))
  }

  private static func error(
    _ path: String,
    _ kind: Kind,
    _ failure: espjson_failure
  ) -> DataError {
    guard failure.system == 0 else {
      let wanted = kind == .annotations ? "a COCO annotation file" : "a COCO results file"
      return failure.system == ENOENT
        ? .missing(path: path, wanted: wanted)
        : .empty(
          path: path,
          reason:
            "cannot be read: \(FileError.words(of: failure.system)); wanted \(wanted)"
        )
    }
    let text = unsafe withUnsafeBytes(of: failure.message) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    let cure =
      kind == .annotations
      ? "export the annotations again, or take the file from its source anew"
      : "have the detector write its results again"
    return .problem(
      DataProblem(
        .brokenAnnotation,
        path: path,
        line: failure.line > 0 ? Int(failure.line) : nil,
        message: "\(text) (byte \(failure.offset)); \(cure)"
      )
    )
  }
}
