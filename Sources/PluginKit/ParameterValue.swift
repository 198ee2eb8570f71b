/// A value of a hyper-parameter, as a recipe gives it and as it crosses the boundary.
public enum ParameterValue: Sendable, Hashable {
  /// Yes or no.
  case bool(Bool)
  /// A whole number.
  case int(Int)
  /// A finite number.
  case double(Double)
  /// A text.
  case string(String)
  /// Whole numbers.
  case ints([Int])
  /// Finite numbers.
  case doubles([Double])
  /// Texts.
  case strings([String])
}

extension ParameterValue: Codable {
  /// Reads a bare JSON-like value; the narrowest type that fits wins (bool, int, double, string).
  ///
  /// - Throws: `DecodingError` for anything but a scalar or a list of one kind of scalar.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int.self) {
      self = .int(value)
    } else if let value = try? container.decode(Double.self) {
      self = .double(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([Int].self) {
      self = .ints(value)
    } else if let value = try? container.decode([Double].self) {
      self = .doubles(value)
    } else {
      self = .strings(try container.decode([String].self))
    }
  }

  /// Writes the bare value.
  ///
  /// - Throws: What the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .bool(let value): try container.encode(value)
    case .int(let value): try container.encode(value)
    case .double(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .ints(let values): try container.encode(values)
    case .doubles(let values): try container.encode(values)
    case .strings(let values): try container.encode(values)
    }
  }
}

extension ParameterValue: CustomStringConvertible {
  /// The value as one would write it on a command line: lists joined by commas.
  public var description: String {
    switch self {
    case .bool(let value): "\(value)"
    case .int(let value): "\(value)"
    case .double(let value): "\(value)"
    case .string(let value): value
    case .ints(let values): values.map(\.description).joined(separator: ",")
    case .doubles(let values): values.map(\.description).joined(separator: ",")
    case .strings(let values): values.joined(separator: ",")
    }
  }
}
