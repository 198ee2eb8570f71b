internal import CInference

/// An opened library of a runtime; it stays open as long as the process.
@safe
package final class InferenceLibrary {
  package let kind: InferenceKind
  /// As the library states it.
  package let version: String
  /// The file that was opened.
  package let file: String
  let runtime: OpaquePointer

  /// Opens the first library that can be used.
  ///
  /// - Throws: ``InferenceError/notFound(_:searched:)``, or ``InferenceError/unusable(_:path:reason:)`` where one is there and
  ///   another is not.
  package init(_ kind: InferenceKind, in locations: InferenceLocations) throws(InferenceError) {
    var failure: InferenceError?
    for candidate in locations.candidates {
      var opened: OpaquePointer?
      let (status, text) = unsafe Sentence.of {
        unsafe espinf_open(kind.number, candidate, &opened, $0, $1)
      }
      if status == ESPINF_OK, let opened = unsafe opened {
        self.kind = kind
        unsafe runtime = opened
        version = unsafe String(cString: espinf_version(opened))
        file = unsafe String(cString: espinf_file(opened))
        return
      }
      // A bare name that the loader does not find is no failure.
      let isAbsent = status == ESPINF_NOT_LOADABLE && !candidate.contains("/")
      if !isAbsent { failure = failure ?? .unusable(kind, path: candidate, reason: text) }
    }
    throw failure ?? .notFound(kind, searched: locations.searched)
  }
}

@available(*, unavailable) extension InferenceLibrary: Sendable {}

/// What the C interface says of a call.
enum Sentence {
  /// The status of a call and its sentence, on one line.
  static func of(_ call: (UnsafeMutablePointer<CChar>?, Int) -> Int32) -> (Int32, String) {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 2048) { buffer in
      unsafe buffer.initialize(repeating: 0)
      let status = unsafe call(buffer.baseAddress, buffer.count)
      let text = unsafe buffer.baseAddress.map { unsafe String(cString: $0) } ?? ""
      let lines = text.split(whereSeparator: \.isNewline).filter { $0.contains { $0 != " " } }
      return (status, lines.joined(separator: "; "))
    }
  }
}
