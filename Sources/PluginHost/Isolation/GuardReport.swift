/// The line with which the guard of a process that ended says where it was, and what happened there.
package struct GuardReport: Sendable, Hashable {
  package let code: PluginFault.Code
  /// Plugin, function and layer.
  package let place: String
  package let what: String

  /// The last such line of what a process wrote; `nil` where there is none.
  package init?(in errors: String) {
    let mark = "espalier: error: "
    for line in errors.split(separator: "\n").reversed() where line.hasPrefix(mark) {
      let text = line.dropFirst(mark.count)
      // A name has no quotes of its own: the guard writes them otherwise.
      guard let code = PluginFault.Code(rawValue: String(text.prefix { $0 != " " })),
        let end = text.lastRange(of: "\": ")
      else { continue }
      self.code = code
      place = text[..<end.lowerBound].dropFirst(code.rawValue.count + 1) + "\""
      what = String(text[end.upperBound...])
      return
    }
    return nil
  }
}

extension Substring {
  fileprivate func lastRange(of part: String) -> Range<Index>? {
    var start = endIndex
    while start > startIndex {
      start = index(before: start)
      if self[start...].hasPrefix(part) { return start..<index(start, offsetBy: part.count) }
    }
    return nil
  }
}

extension GuardReport: CustomStringConvertible {
  package var description: String { "\(code.rawValue) \(place): \(what)" }
}
