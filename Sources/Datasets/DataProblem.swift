/// Something wrong in a data set, with the place where a person would look.
package struct DataProblem: Sendable, Hashable {
  /// What is wrong.
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    case missingImage, brokenImage, wrongSize, tooLarge
    case missingAnnotation, brokenAnnotation, unknownClass, degenerateBox, outsideBox, duplicate
  }

  package var kind: Kind
  /// The file at fault.
  package var path: String
  /// Its line, from 1, where the file has lines.
  package var line: Int?
  /// What is wrong and what was done about it, as a sentence.
  package var message: String

  package init(_ kind: Kind, path: String, line: Int? = nil, message: String) {
    self.kind = kind
    self.path = path
    self.line = line
    self.message = message
  }
}

extension DataProblem: CustomStringConvertible {
  package var description: String { "\(path)\(line.map { ":\($0)" } ?? ""): \(message)" }
}

/// What to do about what is wrong in a data set.
package enum FaultPolicy: String, Sendable, Hashable, CaseIterable {
  /// Leave out the box or image, and count it.
  case skip
  /// End with an error at the first.
  case refuse
}
