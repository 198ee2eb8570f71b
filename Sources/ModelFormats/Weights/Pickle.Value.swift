package import Graphs

extension Pickle {
  /// What a pickle builds.
  package indirect enum Value {
    case none
    case bool(Bool)
    case int(Int)
    case float(Double)
    case text(String)
    /// A text too long for a name: bytes of protocol 2, spelled as characters below 256, come so.
    case longText(Bytes)
    case bytes(Bytes)
    case tuple(Box)
    case list(Box)
    /// Keys and values in turn.
    case dictionary(Box)
    /// A name of something to call, one of those that are known.
    case global(Global)
    /// The name of a type of elements, and its byte order where its state came.
    case elementType(Box)
    /// An array, whose state comes after it.
    case array(Box)
    /// A finished array.
    case constant(Constant)
    case mark
  }

  /// Something that grows after it was put aside: lists, dictionaries, and objects whose state comes later.
  ///
  /// What lies in another box no longer grows, so that no box can come to lie in itself.
  package final class Box {
    package internal(set) var items: [Value] = []
    /// How many boxes lie in each other here, this one counted.
    var depth = 1
    var isSealed = false
  }

  /// The only names that may be called: what numpy writes for arrays and their types.
  package enum Global: Sendable, Hashable {
    case reconstruct, ndarray, elementType, scalar, buffer, encode, bytes

    /// The meaning of a name; nil for everything else.
    init?(module: String, name: String) {
      switch (module, name) {
      case ("numpy.core.multiarray", "_reconstruct"), ("numpy._core.multiarray", "_reconstruct"):
        self = .reconstruct
      case ("numpy.core.multiarray", "scalar"), ("numpy._core.multiarray", "scalar"): self = .scalar
      case ("numpy.core.numeric", "_frombuffer"), ("numpy._core.numeric", "_frombuffer"):
        self = .buffer
      case ("numpy", "ndarray"): self = .ndarray
      case ("numpy", "dtype"): self = .elementType
      case ("_codecs", "encode"): self = .encode
      case ("__builtin__", "bytes"), ("builtins", "bytes"): self = .bytes
      default: return nil
      }
    }
  }
}

extension Pickle.Value {
  /// A text, also where Python 2 wrote it as bytes.
  package var text: String? {
    switch self {
    case .text(let text): text
    case .longText(let bytes), .bytes(let bytes):
      String(validating: bytes.elements(as: UInt8.self), as: UTF8.self)
    default: nil
    }
  }

  /// A number, of Python's or of numpy's.
  package var number: Double? {
    switch self {
    case .bool(let value): value ? 1 : 0
    case .int(let value): Double(value)
    case .float(let value): value
    case .constant(let constant) where constant.shape.isEmpty:
      if constant.type == .float64 {
        constant.bytes.elements(as: Double.self).first
      } else {
        constant.floats?.first.map(Double.init) ?? constant.integers?.first.map(Double.init)
      }
    default: nil
    }
  }

  /// The values of a tuple or list.
  package var items: [Pickle.Value]? {
    switch self {
    case .tuple(let box), .list(let box): box.items
    default: nil
    }
  }

  /// The keys and values of a dictionary.
  package var pairs: [(key: Pickle.Value, value: Pickle.Value)]? {
    guard case .dictionary(let box) = self else { return nil }
    return stride(from: 0, to: box.items.count - 1, by: 2).map {
      (box.items[$0], box.items[$0 + 1])
    }
  }

  /// The box that the value's parts lie in.
  var box: Pickle.Box? {
    switch self {
    case .tuple(let box), .list(let box), .dictionary(let box), .elementType(let box),
      .array(let box):
      box
    default: nil
    }
  }
}
