/// A hyper-parameter with its Swift type, declared once and read from ``Settings``.
///
/// ```swift
/// static let ratio = Parameter<Double>("ratio", default: 0.3, in: 0...0.99, doc: "Share of channels to remove.")
/// static let score = Parameter<String?>("score", default: nil, doc: "Whose scores choose the channels.")
/// ```
public struct Parameter<Value: ParameterConvertible>: Sendable {
  /// What is told to the host.
  public let spec: ParameterSpec

  /// Declares a parameter with a default; an optional type with `nil` has none.
  public init(
    _ name: String,
    default value: Value,
    alias: String? = nil,
    doc: String
  ) {
    spec = ParameterSpec(
      name: name,
      kind: Value.parameterKind,
      doc: doc,
      defaultValue: value.parameterValue,
      choices: Value.parameterChoices,
      alias: alias
    )
  }

  /// Declares a parameter that every recipe must give.
  public init(required name: String, alias: String? = nil, doc: String) {
    spec = ParameterSpec(
      name: name,
      kind: Value.parameterKind,
      doc: doc,
      choices: Value.parameterChoices,
      isRequired: true,
      alias: alias
    )
  }
}

extension Parameter where Value: Comparable {
  /// Declares a number with bounds; a tunable one may become a dimension of a search.
  public init(
    _ name: String,
    default value: Value,
    in range: ClosedRange<Value>,
    tunable: Bool = false,
    logarithmic: Bool = false,
    alias: String? = nil,
    doc: String
  ) {
    spec = ParameterSpec(
      name: name,
      kind: Value.parameterKind,
      doc: doc,
      defaultValue: value.parameterValue,
      minimum: range.lowerBound.parameterValue,
      maximum: range.upperBound.parameterValue,
      isTunable: tunable,
      isLogarithmic: logarithmic,
      alias: alias
    )
  }

  /// Declares a number with bounds that every recipe must give.
  public init(
    required name: String,
    in range: ClosedRange<Value>,
    tunable: Bool = false,
    logarithmic: Bool = false,
    alias: String? = nil,
    doc: String
  ) {
    spec = ParameterSpec(
      name: name,
      kind: Value.parameterKind,
      doc: doc,
      minimum: range.lowerBound.parameterValue,
      maximum: range.upperBound.parameterValue,
      isRequired: true,
      isTunable: tunable,
      isLogarithmic: logarithmic,
      alias: alias
    )
  }
}

extension Parameter where Value == String {
  /// Declares a text that is one of a few.
  public init(
    _ name: String,
    default value: String,
    choices: [String],
    alias: String? = nil,
    doc: String
  ) {
    spec = ParameterSpec(
      name: name,
      kind: .string,
      doc: doc,
      defaultValue: .string(value),
      choices: choices,
      alias: alias
    )
  }
}

extension Parameter {
  /// Declares a list whose elements have bounds and that every recipe must give.
  public init<Element: ParameterElement & Comparable>(
    required name: String,
    elementsIn range: ClosedRange<Element>,
    alias: String? = nil,
    doc: String
  ) where Value == [Element] {
    spec = ParameterSpec(
      name: name,
      kind: Value.parameterKind,
      doc: doc,
      minimum: range.lowerBound.parameterValue,
      maximum: range.upperBound.parameterValue,
      isRequired: true,
      alias: alias
    )
  }

  /// Declares a list whose elements have bounds.
  public init<Element: ParameterElement & Comparable>(
    _ name: String,
    default value: [Element],
    elementsIn range: ClosedRange<Element>,
    alias: String? = nil,
    doc: String
  ) where Value == [Element] {
    spec = ParameterSpec(
      name: name,
      kind: Value.parameterKind,
      doc: doc,
      defaultValue: value.parameterValue,
      minimum: range.lowerBound.parameterValue,
      maximum: range.upperBound.parameterValue,
      alias: alias
    )
  }
}
