import Graphs

/// Why a command line was not understood.
enum UsageError: Error {
  case noVerb
  case unknownVerb(String, known: [String])
  case unknownOption(String, of: Verb)
  case flagWithValue(String)
  case missingValue(Option)
  case repeated(String)
  case missingOperand(Verb.Operand)
  case extraOperand(String)
  case badValue(String, String, wanted: String)
  case needs(String, because: String)
  case conflict(String, String)
}

extension UsageError: CustomStringConvertible {
  /// What was found and what is accepted.
  var description: String {
    switch self {
    case .noVerb: "no command was given; 'espalier help' lists them"
    case .unknownVerb(let name, let known):
      "there is no command '\(name)'; "
        + (nearest(to: name, in: known).map { "did you mean '\($0)'?" }
          ?? "'espalier help' lists the commands")
    case .unknownOption(let spelling, let verb):
      "'\(verb.name)' has no option '\(spelling)'; "
        + (nearest(to: spelling, in: verb.allOptions.map { "--\($0.name)" })
          .map { "did you mean '\($0)'?" } ?? "'espalier help \(verb.name)' lists them")
    case .flagWithValue(let name): "'--\(name)' takes no value"
    case .missingValue(let option): "'--\(option.name)' needs a value: --\(option.spellingTail)"
    case .repeated(let name): "'--\(name)' was given twice"
    case .missingOperand(let operand): "\(operand.name) is missing: \(operand.help)"
    case .extraOperand(let text): "'\(text)' is one argument too many"
    case .badValue(let name, let found, let wanted): "'--\(name)' is '\(found)', not \(wanted)"
    case .conflict(let a, let b): "'--\(a)' and '--\(b)' cannot stand together"
    case .needs(let option, let reason): "'\(option)' is needed: \(reason)"
    }
  }
}

extension Option {
  fileprivate var spellingTail: String { name + (value.map { " \($0)" } ?? "") }
}
