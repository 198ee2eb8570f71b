import CGuard

/// The name of a function of a plugin, as the guard keeps it: it lives until the process ends.
///
/// `@unchecked`: the text is immutable.
@safe
struct FunctionName: ExpressibleByStringLiteral, @unchecked Sendable {
  let pointer: UnsafePointer<CChar>

  init(stringLiteral name: StaticString) {
    unsafe pointer = UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
  }

  /// Copies a name, for good.
  init(keeping name: String) {
    let bytes = Array(name.utf8CString)
    let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
    unsafe copy.initialize(from: bytes, count: bytes.count)
    unsafe pointer = UnsafePointer(copy)
  }

  var text: String { unsafe String(cString: pointer) }
}
