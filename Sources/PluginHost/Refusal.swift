/// Why a plugin was not taken: a stable code, the file, what was found, and the cure.
package struct Refusal: Error, Sendable, Hashable {
  package let code: Code
  package let path: String
  package let detail: String

  package init(_ code: Code, _ path: String, _ detail: String) {
    self.code = code
    self.path = path
    self.detail = detail
  }
}

extension Refusal: CustomStringConvertible {
  package var description: String {
    "\(code.rawValue) \(path): \(detail); \(code.cure)"
  }
}
