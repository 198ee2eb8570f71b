internal import Graphs

/// What a pickle builds.
indirect enum PickleValue {
  case none
  case bool(Bool)
  case int(Int)
  case float(Double)
  case text(String)
  /// Bytes that lie in the file.
  case bytes(Range<Int>)
  /// Bytes that the pickle spells in another way.
  case data([UInt8])
  case tuple([PickleValue])
  case list(PickleBox)
  /// Keys and values in turn.
  case dictionary(PickleBox)
  /// A name of something to call, one of those that are known.
  case global(PickleGlobal)
  case dtype(PickleBox)
  /// An array, whose state comes after it.
  case array(PickleBox)
  /// A finished array.
  case constant(Constant)
  case mark
}

/// Something that grows after it was put aside: lists, dictionaries, and objects whose state comes later.
final class PickleBox {
  var items: [PickleValue]

  init(_ items: [PickleValue] = []) { self.items = items }
}

/// The only names that may be called: what numpy writes for arrays and their types.
enum PickleGlobal: Sendable, Hashable {
  case reconstruct, ndarray, dtype, scalar, buffer, encode, bytes

  /// The meaning of a name; nil for everything else.
  init?(module: String, name: String) {
    switch (module, name) {
    case ("numpy.core.multiarray", "_reconstruct"), ("numpy._core.multiarray", "_reconstruct"):
      self = .reconstruct
    case ("numpy.core.multiarray", "scalar"), ("numpy._core.multiarray", "scalar"): self = .scalar
    case ("numpy.core.numeric", "_frombuffer"), ("numpy._core.numeric", "_frombuffer"):
      self = .buffer
    case ("numpy", "ndarray"): self = .ndarray
    case ("numpy", "dtype"): self = .dtype
    case ("_codecs", "encode"): self = .encode
    case ("__builtin__", "bytes"), ("builtins", "bytes"): self = .bytes
    default: return nil
    }
  }
}
