/// The declaration of one hyper-parameter: name, type, default, bounds, documentation.
public struct ParameterSpec: Sendable, Hashable, Codable {
  /// The type of a hyper-parameter.
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// Yes or no.
    case bool
    /// A whole number.
    case int
    /// A finite number.
    case double
    /// A text; one of ``ParameterSpec/choices`` where there are any.
    case string
    /// A list of whole numbers.
    case ints
    /// A list of finite numbers.
    case doubles
    /// A list of texts.
    case strings
  }

  /// The name in a recipe.
  public var name: String
  /// The type.
  public var kind: Kind
  /// What the parameter does, in a sentence.
  public var doc: String
  /// The value where a recipe gives none.
  public var defaultValue: ParameterValue?
  /// The least value allowed, of a list's elements too.
  public var minimum: ParameterValue?
  /// The greatest value allowed, of a list's elements too.
  public var maximum: ParameterValue?
  /// The texts allowed; empty for any.
  public var choices: [String]
  /// Whether a recipe must give it.
  public var isRequired: Bool
  /// Whether a search may choose it; it then has finite bounds.
  public var isTunable: Bool
  /// Whether a search goes over it on a logarithmic scale.
  public var isLogarithmic: Bool
  /// A former name that is still understood.
  public var alias: String?

  /// Declares a parameter; authors write ``Parameter`` instead, which is typed.
  public init(
    name: String,
    kind: Kind,
    doc: String = "",
    defaultValue: ParameterValue? = nil,
    minimum: ParameterValue? = nil,
    maximum: ParameterValue? = nil,
    choices: [String] = [],
    isRequired: Bool = false,
    isTunable: Bool = false,
    isLogarithmic: Bool = false,
    alias: String? = nil
  ) {
    self.name = name
    self.kind = kind
    self.doc = doc
    self.defaultValue = defaultValue
    self.minimum = minimum
    self.maximum = maximum
    self.choices = choices
    self.isRequired = isRequired
    self.isTunable = isTunable
    self.isLogarithmic = isLogarithmic
    self.alias = alias
  }
}
