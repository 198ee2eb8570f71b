/// Why a text is not strict JSON, and where.
package struct JSONFault: Error, Sendable, Hashable {
  /// What is wrong.
  package enum Problem: Sendable, Hashable {
    case syntax(expected: String)
    case duplicateKey(String)
    case tooDeep(levels: Int)
  }

  package let problem: Problem
  /// The byte at fault, from 0.
  package let offset: Int
  /// Its line, from 1.
  package let line: Int
  /// Its character in the line, from 1; a byte order mark is none.
  package let column: Int

  /// A fault at a byte of a text.
  init(_ problem: Problem, at offset: Int, of bytes: [UInt8]) {
    self.problem = problem
    self.offset = offset
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let before = bytes[(bytes.starts(with: mark) ? min(3, offset) : 0)..<offset]
    line = before.count { $0 == 0x0A } + 1
    let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? before.startIndex
    // Bytes that go on with a character of UTF-8 begin with the bits 10.
    column = before[start...].count { $0 & 0xC0 != 0x80 } + 1
  }

  /// What is wrong, without the place.
  package var reason: String {
    switch problem {
    case .syntax(let expected): "expected \(expected)"
    case .duplicateKey(let key): "the key \"\(key)\" a second time"
    case .tooDeep(let levels): "nested too deep, more than \(levels) levels"
    }
  }
}

extension JSONFault: CustomStringConvertible {
  /// The place and what is wrong there.
  package var description: String { "line \(line), column \(column): \(reason)" }
}
