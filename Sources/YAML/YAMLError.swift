/// Why a text could not be read as YAML.
package enum YAMLError: Error, Sendable, Hashable {
  /// libyaml's own words.
  case syntax(String, at: YAMLMark)
  case duplicateKey(String, first: YAMLMark, second: YAMLMark)
  case keyNotText(at: YAMLMark)
  case unknownAnchor(String, at: YAMLMark)
  /// An alias inside the value that its anchor names.
  case recursiveAlias(String, at: YAMLMark)
  case tooDeep(limit: Int, at: YAMLMark)
  case tooManyValues(limit: Int, at: YAMLMark)
  case tooLong(bytes: Int, limit: Int)
  case severalDocuments(at: YAMLMark)
  case empty
  case outOfMemory
}

extension YAMLError: CustomStringConvertible {
  /// What is wrong and what is accepted; the place is ``mark``.
  package var description: String {
    switch self {
    case .syntax(let text, _): "not YAML: \(text)"
    case .duplicateKey(let key, let first, _):
      "the key '\(key)' stands here a second time; the first is at \(first)"
    case .keyNotText: "a key must be a single word or quoted text"
    case .unknownAnchor(let name, _): "'*\(name)' refers to an anchor '&\(name)' that is not above"
    case .recursiveAlias(let name, _): "'*\(name)' stands inside the value that it refers to"
    case .tooDeep(let limit, _): "values are nested deeper than \(limit) levels"
    case .tooManyValues(let limit, _):
      "the document has more than \(limit) values when its aliases are followed"
    case .tooLong(let bytes, let limit): "the text has \(bytes) bytes; at most \(limit) are read"
    case .severalDocuments: "a second document starts here; a file holds one"
    case .empty: "there is no value in it"
    case .outOfMemory: "libyaml found no memory"
    }
  }

  /// Where, if the error has a place.
  package var mark: YAMLMark? {
    switch self {
    case .syntax(_, let mark), .duplicateKey(_, _, let mark), .keyNotText(let mark),
      .unknownAnchor(_, let mark), .recursiveAlias(_, let mark), .tooDeep(_, let mark),
      .tooManyValues(_, let mark), .severalDocuments(let mark):
      mark
    case .tooLong, .empty, .outOfMemory: nil
    }
  }
}
