/// What went wrong in a strategy, or between it and the host.
public struct PluginError: Error, Sendable {
  /// The kind of error: an open set, equal to the `ESP_E_*` status that crosses the C boundary.
  public struct Code: Sendable, Hashable, RawRepresentable {
    /// The status; never 0.
    public let rawValue: Int32

    /// Wraps a status; 0, which would mean success, becomes ``internalError``.
    public init(rawValue: Int32) {
      self.rawValue = rawValue == 0 ? 13 : rawValue
    }

    /// The host asked to stop, and the strategy did.
    public static let cancelled = Code(rawValue: 1)
    /// A parameter, name or number cannot be used.
    public static let invalidArgument = Code(rawValue: 3)
    /// The deadline passed.
    public static let deadline = Code(rawValue: 4)
    /// A name is not known.
    public static let notFound = Code(rawValue: 5)
    /// Memory ran out.
    public static let outOfMemory = Code(rawValue: 8)
    /// This host, or this run, does not offer the function.
    public static let unimplemented = Code(rawValue: 12)
    /// A fault inside the strategy or the host.
    public static let internalError = Code(rawValue: 13)
    /// A number is NaN or infinite, or outside its range.
    public static let numeric = Code(rawValue: 17)
  }

  /// Where it happened, as the host knows it.
  public struct Origin: Sendable, Hashable {
    /// The plugin's id.
    public var plugin: String
    /// The function of the interface, such as `plan` or `score`.
    public var function: String
    /// The channel group or layer at hand, if there was one.
    public var layer: String?

    /// Names a place.
    public init(plugin: String, function: String, layer: String? = nil) {
      self.plugin = plugin
      self.function = function
      self.layer = layer
    }
  }

  /// The kind of error.
  public var code: Code
  /// What was found, and what to do about it.
  public var message: String
  /// The error underneath, if any.
  public var cause: (any Error)?
  /// Where it happened; filled in by the host.
  public var origin: Origin?

  /// Makes an error.
  public init(
    _ code: Code,
    _ message: String,
    cause: (any Error)? = nil,
    origin: Origin? = nil
  ) {
    self.code = code
    self.message = message
    self.cause = cause
    self.origin = origin
  }
}

extension PluginError.Code: CustomStringConvertible {
  /// The status in words.
  public var description: String {
    switch self {
    case .cancelled: "cancelled"
    case .invalidArgument: "invalid argument"
    case .deadline: "deadline passed"
    case .notFound: "not found"
    case .outOfMemory: "out of memory"
    case .unimplemented: "not offered here"
    case .internalError: "internal error"
    case .numeric: "numeric error"
    default: "status \(rawValue)"
    }
  }
}

extension PluginError: CustomStringConvertible {
  /// Plugin, function and layer where known, then the message.
  public var description: String {
    var text = ""
    if let origin {
      text = "plugin \"\(origin.plugin)\", \(origin.function)"
      if let layer = origin.layer { text += " of \"\(layer)\"" }
      text += ": "
    }
    text += message.isEmpty ? code.description : message
    if let cause { text += " (\(cause))" }
    return text
  }
}
