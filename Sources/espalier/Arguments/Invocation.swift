/// What the caller wrote, sorted by a verb's declaration.
struct Invocation: Sendable {
  let verb: Verb
  private(set) var operands: [String] = []
  private var values: [String: [String]] = [:]
  private var flags: Set<String> = []

  /// Sorts the arguments after the verb's name.
  ///
  /// - Throws: ``UsageError`` for what the verb does not take or needs and did not get.
  init(_ verb: Verb, _ arguments: some Sequence<String>) throws(UsageError) {
    self.verb = verb
    var rest = Array(arguments)[...]
    while let argument = rest.popFirst() {
      if argument == "--" {
        operands += rest
        break
      }
      guard argument.hasPrefix("-"), argument != "-" else {
        operands.append(argument)
        continue
      }
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let option = try Self.option(String(parts[0]), of: verb)
      guard option.value != nil else {
        guard parts.count == 1 else { throw .flagWithValue(option.name) }
        flags.insert(option.name)
        continue
      }
      if !option.repeats, values[option.name] != nil { throw .repeated(option.name) }
      guard let value = parts.count == 2 ? String(parts[1]) : rest.popFirst() else {
        throw .missingValue(option)
      }
      values[option.name, default: []].append(value)
    }
    guard !flags.contains("help") else { return }
    let needed = verb.operands.filter { !$0.isOptional }
    guard operands.count >= needed.count else { throw .missingOperand(needed[operands.count]) }
    guard operands.count <= verb.operands.count || verb.operands.last?.repeats == true else {
      throw .extraOperand(operands[verb.operands.count])
    }
  }

  /// Whether a switch was given.
  func has(_ option: Option) -> Bool { flags.contains(option.name) }
  /// The value of an option.
  func value(_ option: Option) -> String? { values[option.name]?.first }
  /// The values of an option that may be repeated.
  func values(_ option: Option) -> [String] { values[option.name] ?? [] }

  /// A whole number.
  func int(_ option: Option, in range: ClosedRange<Int>) throws(UsageError) -> Int? {
    guard let text = value(option) else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw .badValue(
        option.name,
        text,
        wanted: "a whole number from \(range.lowerBound) to \(range.upperBound)"
      )
    }
    return number
  }

  /// The value of an option that is a time in seconds.
  func seconds(_ option: Option) throws(UsageError) -> Double? {
    guard let text = value(option) else { return nil }
    guard let number = Double(text), number >= 0, number.isFinite else {
      throw .badValue(option.name, text, wanted: "a number of seconds, or 0 for ever")
    }
    return number
  }

  private static func option(_ spelling: String, of verb: Verb) throws(UsageError) -> Option {
    let name = spelling.drop { $0 == "-" }.replacing("_", with: "-")
    let isLong = spelling.hasPrefix("--")
    let found = verb.allOptions.first {
      isLong ? $0.name == name : $0.short == spelling
    }
    guard let found else { throw .unknownOption(spelling, of: verb) }
    return found
  }
}
