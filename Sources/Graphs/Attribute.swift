/// The value of a node's attribute, with ONNX's kinds.
public enum Attribute: Sendable, Hashable {
  case int(Int)
  case float(Float)
  /// Bytes, mostly UTF-8; read through ``Node/string(_:)``.
  case string([UInt8])
  indirect case tensor(Constant)
  indirect case graph(Graph)
  case ints([Int])
  case floats([Float])
  case strings([[UInt8]])
  case tensors([Constant])
  case graphs([Graph])
  /// In a function's body: takes the value of the caller's attribute of this name; `kind` is ONNX's AttributeType.
  case reference(name: String, kind: Int32)
  /// A kind that is kept as it was read: sparse tensors and types. The bytes are the whole AttributeProto.
  case other([UInt8])

  /// A string attribute.
  public static func text(_ value: String) -> Attribute { .string([UInt8](value.utf8)) }
}
