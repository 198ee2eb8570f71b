/// The hyper-parameters of one instance, checked by the host against the declarations.
public struct Settings: Sendable, Hashable, Codable {
  /// The values by parameter name; a parameter without default that was not given is absent.
  public var values: [String: ParameterValue]

  /// Collects values.
  public init(_ values: [String: ParameterValue] = [:]) {
    self.values = values
  }

  /// The value of a parameter: what was given, else its default.
  public subscript<Value>(_ parameter: Parameter<Value>) -> Value {
    get throws(PluginError) {
      let spec = parameter.spec
      guard let value = Value.value(from: values[spec.name] ?? spec.defaultValue) else {
        throw PluginError(
          .invalidArgument,
          values[spec.name] == nil
            ? "parameter \"\(spec.name)\" is required"
            : "parameter \"\(spec.name)\" is not of type \(spec.kind.rawValue)"
        )
      }
      return value
    }
  }
}
