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

  /// The names of all cases.
  public static var parameterChoices: [String] { allCases.map(\.rawValue) }

  /// The case of the name; `nil` for a name that is none's.
  public static func value(from parameter: ParameterValue?) -> Self? {
    String.value(from: parameter).flatMap(Self.init)
  }

  /// The case's name.
  public var parameterValue: ParameterValue? { .string(rawValue) }
}

extension Parameter where Value: ParameterChoice {
  /// Declares one of some of the cases.
  ///
  /// - Parameters:
  ///   - name: the key in recipes.
  ///   - value: the default.
  ///   - choices: the cases that are accepted.
  ///   - doc: what help says.
  public init(_ name: String, default value: Value, among choices: [Value], doc: String) {
    spec = ParameterSpec(
      name: name,
      kind: Value.parameterKind,
      doc: doc,
      defaultValue: value.parameterValue,
      choices: choices.map(\.rawValue)
    )
  }
}
