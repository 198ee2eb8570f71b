/// An argument or a result of an ATen operator.
public enum ATenValue: Sendable {
  /// No value, for optional arguments.
  case none
  /// The schema's default, for arguments before the last one given.
  case `default`
  case tensor(Tensor)
  case int(Int)
  case double(Double)
  case bool(Bool)
  case string(String)
  case ints([Int])
  case doubles([Double])
  case bools([Bool])
  case tensors([Tensor])
  case optionalTensors([Tensor?])
  case dtype(DType)
  case device(Device)
  case layout(Layout)
  case memoryFormat(MemoryFormat)
}

extension ATenValue: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByStringLiteral, ExpressibleByNilLiteral
{
  public init(integerLiteral value: Int) { self = .int(value) }
  public init(floatLiteral value: Double) { self = .double(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(stringLiteral value: String) { self = .string(value) }
  public init(nilLiteral: ()) { self = .none }
}

extension ATenValue: CustomStringConvertible {
  /// The value; tensors as element type and shape.
  public var description: String {
    switch self {
    case .none: "none"
    case .default: "default"
    case .tensor(let tensor): tensor.description
    case .int(let value): "\(value)"
    case .double(let value): "\(value)"
    case .bool(let value): "\(value)"
    case .string(let value): "\"\(value)\""
    case .ints(let values): "\(values)"
    case .doubles(let values): "\(values)"
    case .bools(let values): "\(values)"
    case .tensors(let tensors): "[\(tensors.map(\.description).joined(separator: ", "))]"
    case .optionalTensors(let tensors):
      "[\(tensors.map { $0?.description ?? "none" }.joined(separator: ", "))]"
    case .dtype(let dtype): "\(dtype)"
    case .device(let device): "\(device)"
    case .layout(let layout): "\(layout)"
    case .memoryFormat(let format): "\(format)"
    }
  }
}

/// A Swift value that ATen operators take as it is.
public protocol ATenArgument: Sendable {
  /// The value in the operator's terms.
  var atenValue: ATenValue { get }
}

/// A Swift value that ATen operators take in lists.
public protocol ATenElement: Sendable {
  /// The list in the operator's terms.
  static func atenList(_ elements: [Self]) -> ATenValue
}

extension ATenValue: ATenArgument {
  public var atenValue: ATenValue { self }
}

extension Tensor: ATenArgument, ATenElement {
  public var atenValue: ATenValue { .tensor(self) }
  public static func atenList(_ elements: [Tensor]) -> ATenValue { .tensors(elements) }
}

extension Int: ATenArgument, ATenElement {
  public var atenValue: ATenValue { .int(self) }
  public static func atenList(_ elements: [Int]) -> ATenValue { .ints(elements) }
}

extension Double: ATenArgument, ATenElement {
  public var atenValue: ATenValue { .double(self) }
  public static func atenList(_ elements: [Double]) -> ATenValue { .doubles(elements) }
}

extension Float: ATenArgument, ATenElement {
  public var atenValue: ATenValue { .double(Double(self)) }
  public static func atenList(_ elements: [Float]) -> ATenValue {
    .doubles(elements.map(Double.init))
  }
}

extension Bool: ATenArgument, ATenElement {
  public var atenValue: ATenValue { .bool(self) }
  public static func atenList(_ elements: [Bool]) -> ATenValue { .bools(elements) }
}

extension String: ATenArgument {
  public var atenValue: ATenValue { .string(self) }
}

extension DType: ATenArgument {
  public var atenValue: ATenValue { .dtype(self) }
}

extension Device: ATenArgument {
  public var atenValue: ATenValue { .device(self) }
}

extension MemoryFormat: ATenArgument {
  public var atenValue: ATenValue { .memoryFormat(self) }
}

extension Layout: ATenArgument {
  public var atenValue: ATenValue { .layout(self) }
}

extension Optional: ATenArgument where Wrapped: ATenArgument {
  public var atenValue: ATenValue {
    switch self {
    case .none: .none
    case .some(let value): value.atenValue
    }
  }
}

extension Optional: ATenElement where Wrapped == Tensor {
  public static func atenList(_ elements: [Tensor?]) -> ATenValue { .optionalTensors(elements) }
}

extension Array: ATenArgument where Element: ATenElement {
  public var atenValue: ATenValue { Element.atenList(self) }
}
