import Graphs
package import PluginKit

extension ParameterSpec {
  /// What is wrong with the declaration itself; `nil` for nothing.
  package var problem: String? {
    if name.isEmpty || name.utf8.count > 64 { return "its name has 1 to 64 bytes" }
    for (label, bound) in [("minimum", minimum), ("maximum", maximum)] {
      guard let bound else { continue }
      guard kind.number(bound) != nil else {
        return "its \(label) is not a finite number of its type"
      }
    }
    if let low = minimum.flatMap(kind.number), let high = maximum.flatMap(kind.number), low > high {
      return "its minimum \(low) is above its maximum \(high)"
    }
    if isTunable, minimum == nil || maximum == nil {
      return "it is tunable and lacks a bound"
    }
    if let value = defaultValue {
      if isRequired { return "it is required and has a default" }
      do throws(ParameterProblem) {
        _ = try accept(value)
      } catch {
        return "its default is outside its own rules: \(error)"
      }
    }
    return nil
  }

  /// The value in the declared type, within the bounds; texts are read as the type, so that
  /// `--set ratio=0.3` works.
  package func accept(_ value: ParameterValue) throws(ParameterProblem) -> ParameterValue {
    guard let value = kind.coerce(value) else {
      throw .wrongType(name: name, given: value.description, wanted: kind.rawValue)
    }
    let bounds = (low: minimum.flatMap(kind.number), high: maximum.flatMap(kind.number))
    for number in value.numbers {
      guard number.isFinite else { throw .notFinite(name: name) }
      guard number >= bounds.low ?? -.infinity, number <= bounds.high ?? .infinity else {
        throw .outOfRange(name: name, given: number, low: bounds.low, high: bounds.high)
      }
    }
    // Whole numbers of more than 53 bits are beside each other as numbers of 64 bits only.
    for number in value.integers {
      if case .int(let low)? = minimum, number < low {
        throw .outOfRange(name: name, given: Double(number), low: bounds.low, high: bounds.high)
      }
      if case .int(let high)? = maximum, number > high {
        throw .outOfRange(name: name, given: Double(number), low: bounds.low, high: bounds.high)
      }
    }
    if !choices.isEmpty {
      for text in value.texts where !choices.contains(text) {
        throw .notAChoice(
          name: name,
          given: text,
          choices: choices,
          nearest: nearest(to: text, in: choices)
        )
      }
    }
    return value
  }
}

extension [ParameterSpec] {
  /// The settings with every name known, every type and range right, aliases resolved and defaults
  /// filled in.
  package func resolve(_ settings: [String: ParameterValue]) throws(ParameterProblem) -> Settings {
    var byName: [String: ParameterSpec] = [:]
    for spec in self {
      byName[spec.name] = spec
      if let alias = spec.alias, byName[alias] == nil { byName[alias] = spec }
    }
    var result = Settings()
    for (name, value) in settings.sorted(by: { $0.key < $1.key }) {
      guard let spec = byName[name] else {
        throw .unknown(
          name: name,
          nearest: nearest(to: name, in: map(\.name)),
          known: map(\.name)
        )
      }
      guard result.values[spec.name] == nil else {
        throw .givenTwice(name: spec.name, alias: spec.alias ?? "")
      }
      result.values[spec.name] = try spec.accept(value)
    }
    for spec in self where result.values[spec.name] == nil {
      if spec.isRequired { throw .missing(name: spec.name, doc: spec.doc) }
      result.values[spec.name] = spec.defaultValue.flatMap(spec.kind.coerce)
    }
    return result
  }
}

/// What is wrong with the settings of a strategy.
package enum ParameterProblem: Error, Sendable, Hashable {
  case unknown(name: String, nearest: String?, known: [String])
  case wrongType(name: String, given: String, wanted: String)
  case notFinite(name: String)
  case outOfRange(name: String, given: Double, low: Double?, high: Double?)
  case notAChoice(name: String, given: String, choices: [String], nearest: String?)
  case missing(name: String, doc: String)
  case givenTwice(name: String, alias: String)
}

extension ParameterProblem: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unknown(let name, let nearest, let known):
      "parameter \"\(name)\" is not known"
        + (nearest.map { "; did you mean \"\($0)\"?" }
          ?? (known.isEmpty ? "; there are none" : "; known are \(known.joined(separator: ", "))"))
    case .wrongType(let name, let given, let wanted):
      "parameter \"\(name)\" is \"\(given)\", which is not of type \(wanted)"
    case .notFinite(let name): "parameter \"\(name)\" is not a finite number"
    case .outOfRange(let name, let given, let low, let high):
      "parameter \"\(name)\" is \(given), outside "
        + "\(low.map { "[\($0)" } ?? "(-inf"), \(high.map { "\($0)]" } ?? "inf)")"
    case .notAChoice(let name, let given, let choices, let nearest):
      "parameter \"\(name)\" is \"\(given)\"; "
        + (nearest.map { "did you mean \"\($0)\"?" }
          ?? "it is one of \(choices.joined(separator: ", "))")
    case .missing(let name, let doc):
      "parameter \"\(name)\" is required" + (doc.isEmpty ? "" : ": \(doc)")
    case .givenTwice(let name, let alias):
      "parameter \"\(name)\" is given twice, also under its former name \"\(alias)\""
    }
  }
}

extension ParameterValue {
  fileprivate var numbers: [Double] {
    switch self {
    case .int(let value): [Double(value)]
    case .double(let value): [value]
    case .ints(let values): values.map(Double.init)
    case .doubles(let values): values
    default: []
    }
  }

  fileprivate var integers: [Int] {
    switch self {
    case .int(let value): [value]
    case .ints(let values): values
    default: []
    }
  }

  fileprivate var texts: [String] {
    switch self {
    case .string(let value): [value]
    case .strings(let values): values
    default: []
    }
  }
}

extension ParameterSpec.Kind {
  /// A bound as a finite number, where the type has any.
  fileprivate func number(_ value: ParameterValue) -> Double? {
    switch (self, value) {
    case (.int, .int(let number)), (.ints, .int(let number)): Double(number)
    case (.double, .int(let number)), (.doubles, .int(let number)): Double(number)
    case (.double, .double(let number)), (.doubles, .double(let number)):
      number.isFinite ? number : nil
    default: nil
    }
  }

  /// The value as this type; `nil` where it cannot be read so.
  ///
  /// Numbers widen, texts are parsed, a single value is a list of one, and lists are split at commas.
  fileprivate func coerce(_ value: ParameterValue) -> ParameterValue? {
    switch (self, value) {
    case (.bool, .bool), (.int, .int), (.double, .double), (.string, .string), (.ints, .ints),
      (.doubles, .doubles), (.strings, .strings):
      return value
    case (.bool, .string(let text)):
      switch text {
      case "true", "True", "TRUE": return .bool(true)
      case "false", "False", "FALSE": return .bool(false)
      default: return nil
      }
    case (.int, .string(let text)): return Int(text).map(ParameterValue.int)
    case (.double, .int(let number)): return .double(Double(number))
    case (.double, .string(let text)): return Double(text).map(ParameterValue.double)
    case (.string, .int), (.string, .double): return .string(value.description)
    case (.ints, .strings(let texts)):
      return elements(texts, Int.init).map(ParameterValue.ints)
    case (.doubles, .strings(let texts)):
      return elements(texts, Double.init).map(ParameterValue.doubles)
    case (.ints, .int(let number)): return .ints([number])
    case (.doubles, .int(let number)): return .doubles([Double(number)])
    case (.doubles, .double(let number)): return .doubles([number])
    case (.doubles, .ints(let numbers)): return .doubles(numbers.map(Double.init))
    case (.ints, .string(let text)): return list(text, Int.init).map(ParameterValue.ints)
    case (.doubles, .string(let text)):
      return list(text, Double.init).map(ParameterValue.doubles)
    case (.strings, .string(let text)):
      return list(text) { $0 }.map(ParameterValue.strings)
    default: return nil
    }
  }

  private func list<T>(_ text: String, _ read: (String) -> T?) -> [T]? {
    elements(text.split(separator: ",").map(\.trimmed), read)
  }

  private func elements<T>(_ texts: [String], _ read: (String) -> T?) -> [T]? {
    let read = texts.compactMap(read)
    return read.count == texts.count ? read : nil
  }
}

extension Substring {
  fileprivate var trimmed: String {
    var rest = self
    while let first = rest.first, first.isWhitespace { rest.removeFirst() }
    while let last = rest.last, last.isWhitespace { rest.removeLast() }
    return String(rest)
  }
}
