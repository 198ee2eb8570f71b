/// A Swift type that a hyper-parameter can have.
public protocol ParameterConvertible: Sendable {
  /// The kind that is declared for it.
  static var parameterKind: ParameterSpec.Kind { get }

  /// The texts that it is one of; empty where any will do.
  static var parameterChoices: [String] { get }

  /// Reads the value; `nil` where the type does not fit.
  static func value(from parameter: ParameterValue?) -> Self?

  /// The value as it crosses the boundary; `nil` for an optional without one.
  var parameterValue: ParameterValue? { get }
}

extension ParameterConvertible {
  /// Any value.
  public static var parameterChoices: [String] { [] }
}

extension Bool: ParameterConvertible {
  public static var parameterKind: ParameterSpec.Kind { .bool }
  public static func value(from parameter: ParameterValue?) -> Bool? {
    if case .bool(let value)? = parameter { value } else { nil }
  }
  public var parameterValue: ParameterValue? { .bool(self) }
}

extension Int: ParameterConvertible {
  public static var parameterKind: ParameterSpec.Kind { .int }
  public static func value(from parameter: ParameterValue?) -> Int? {
    if case .int(let value)? = parameter { value } else { nil }
  }
  public var parameterValue: ParameterValue? { .int(self) }
}

extension Double: ParameterConvertible {
  public static var parameterKind: ParameterSpec.Kind { .double }
  public static func value(from parameter: ParameterValue?) -> Double? {
    switch parameter {
    case .double(let value)?: value
    case .int(let value)?: Double(value)
    default: nil
    }
  }
  public var parameterValue: ParameterValue? { .double(self) }
}

extension String: ParameterConvertible {
  public static var parameterKind: ParameterSpec.Kind { .string }
  public static func value(from parameter: ParameterValue?) -> String? {
    if case .string(let value)? = parameter { value } else { nil }
  }
  public var parameterValue: ParameterValue? { .string(self) }
}

/// A type whose lists can be hyper-parameters.
public protocol ParameterElement: ParameterConvertible {
  /// The kind of a list of it.
  static var listKind: ParameterSpec.Kind { get }
  /// Reads a list; `nil` where the type does not fit.
  static func list(from parameter: ParameterValue) -> [Self]?
  /// Writes a list.
  static func parameterValue(of list: [Self]) -> ParameterValue
}

extension Int: ParameterElement {
  public static var listKind: ParameterSpec.Kind { .ints }
  public static func list(from parameter: ParameterValue) -> [Int]? {
    if case .ints(let values) = parameter { values } else { nil }
  }
  public static func parameterValue(of list: [Int]) -> ParameterValue { .ints(list) }
}

extension Double: ParameterElement {
  public static var listKind: ParameterSpec.Kind { .doubles }
  public static func list(from parameter: ParameterValue) -> [Double]? {
    switch parameter {
    case .doubles(let values): values
    case .ints(let values): values.map(Double.init)
    default: nil
    }
  }
  public static func parameterValue(of list: [Double]) -> ParameterValue { .doubles(list) }
}

extension String: ParameterElement {
  public static var listKind: ParameterSpec.Kind { .strings }
  public static func list(from parameter: ParameterValue) -> [String]? {
    if case .strings(let values) = parameter { values } else { nil }
  }
  public static func parameterValue(of list: [String]) -> ParameterValue { .strings(list) }
}

extension Array: ParameterConvertible where Element: ParameterElement {
  public static var parameterKind: ParameterSpec.Kind { Element.listKind }
  public static func value(from parameter: ParameterValue?) -> [Element]? {
    parameter.flatMap(Element.list(from:))
  }
  public var parameterValue: ParameterValue? { Element.parameterValue(of: self) }
}

extension Optional: ParameterConvertible where Wrapped: ParameterConvertible {
  public static var parameterKind: ParameterSpec.Kind { Wrapped.parameterKind }
  public static var parameterChoices: [String] { Wrapped.parameterChoices }
  public static func value(from parameter: ParameterValue?) -> Wrapped?? {
    guard let parameter else { return .some(nil) }
    guard let value = Wrapped.value(from: parameter) else { return nil }
    return .some(value)
  }
  public var parameterValue: ParameterValue? { self?.parameterValue }
}
