/// An enumeration that a hyper-parameter is one of; recipes and help name a case by its raw value.
///
/// ```swift
/// enum Rounding: String, ParameterChoice { case nearest, learned }
/// static let rounding = Parameter<Rounding>("rounding", default: .nearest, doc: "How weights are rounded.")
/// ```
public protocol ParameterChoice: ParameterConvertible, CaseIterable, RawRepresentable
where RawValue == String {}

extension ParameterChoice {
  /// A text.
  public static var parameterKind: ParameterSpec.Kind { .string }

  /// The case of the name; `nil` for a name that is none's.
  public static func value(from parameter: ParameterValue?) -> Self? {
    String.value(from: parameter).flatMap(Self.init)
  }

  /// The case's name.
  public var parameterValue: ParameterValue? { .string(rawValue) }
}

extension Parameter where Value: ParameterChoice {
  /// Declares one of a few.
  ///
  /// - Parameters:
  ///   - name: the key in recipes.
  ///   - value: the default.
  ///   - choices: the cases that are accepted; all of them unless told.
  ///   - alias: another spelling of the key.
  ///   - doc: what help says.
  public init(
    _ name: String,
    default value: Value,
    among choices: [Value] = Array(Value.allCases),
    alias: String? = nil,
    doc: String
  ) {
    spec = ParameterSpec(
      name: name,
      kind: Value.parameterKind,
      doc: doc,
      defaultValue: value.parameterValue,
      choices: choices.map(\.rawValue),
      alias: alias
    )
  }
}

extension Parameter {
  /// Declares one of a few, or none.
  ///
  /// - Parameters:
  ///   - name: the key in recipes.
  ///   - value: the default; `nil` where nothing is chosen unless told.
  ///   - doc: what help says.
  public init<Choice: ParameterChoice>(_ name: String, default value: Choice?, doc: String)
  where Value == Choice? {
    spec = ParameterSpec(
      name: name,
      kind: Value.parameterKind,
      doc: doc,
      defaultValue: value?.parameterValue,
      choices: Choice.allCases.map(\.rawValue)
    )
  }
}
