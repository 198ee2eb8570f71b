/// What can go wrong with tensors and the runtime under them.
public enum TensorError: Error, Sendable, Hashable {
  /// No libtorch in any of the folders.
  case torchNotFound(searched: [String])
  /// A libtorch that is not of 2.11, at `path`.
  case torchVersion(found: String, path: String)
  /// The dynamic loader refused `path`.
  case notLoadable(path: String, reason: String)
  /// Another libtorch was in the process already.
  case foreignTorch(expected: String, found: String)
  /// `libEspalierRuntime.so` is at none of the places.
  case runtimeNotFound(searched: [String])
  /// The runtime's table is of another build.
  case runtimeMismatch(path: String, found: String, expected: String)
  /// CUDA cannot be used.
  case cudaUnavailable(reason: String)
  /// torch has no such operator.
  case unknownOperator(name: String, overload: String, reason: String)
  /// An operator refused its arguments or failed.
  case operatorFailed(OperatorFailure)
  /// An operator handed out other results than asked for.
  case unexpectedResults(operator: String, expected: String, found: String)
  /// A function of the runtime failed.
  case runtimeFailed(function: String, status: Int32, message: String)
  /// The bytes do not fill the shape.
  case byteCount(shape: [Int], dtype: DType, found: Int)
  /// An element type without a name here (torch's code).
  case unsupportedDType(code: Int32)
}

/// A call of an ATen operator that failed.
public struct OperatorFailure: Sendable, Hashable {
  /// The operator's name, as asked for.
  public let name: String
  /// Its overload, empty for the plain one.
  public let overload: String
  /// The arguments in order; tensors as element type and shape.
  public let arguments: [String]
  /// The status that the runtime gave (`ESP_E_*`).
  public let status: Int32
  /// The first line of torch's message.
  public let message: String
}

extension TensorError: CustomStringConvertible {
  /// What was found, where, and the cure.
  public var description: String {
    switch self {
    case .torchNotFound(let searched):
      "libtorch 2.11 was not found: no lib/libtorch_cpu.so in \(searched.joined(separator: ", ")). "
        + "Run `make setup`, or let ESPALIER_TORCH name the folder of a torch 2.11 package."
    case .torchVersion(let found, let path):
      "the torch at \(path) is version \(found), and Espalier needs 2.11. "
        + "Run `make setup`, or let ESPALIER_TORCH name the folder of a torch 2.11 package."
    case .notLoadable(let path, let reason):
      "\(path) does not load: \(reason). Run `make setup` and `make build`."
    case .foreignTorch(let expected, let found):
      "another libtorch is loaded in this process: \(found), not \(expected). "
        + "Take it out of LD_LIBRARY_PATH and LD_PRELOAD, or point ESPALIER_TORCH at it."
    case .runtimeNotFound(let searched):
      "libEspalierRuntime.so was not found at \(searched.joined(separator: ", ")). "
        + "Run `make build`, or let ESPALIER_RUNTIME name the file."
    case .runtimeMismatch(let path, let found, let expected):
      "the runtime \(path) is of another build (\(found), expected \(expected)). Run `make build`."
    case .cudaUnavailable(let reason):
      "CUDA cannot be used: \(reason). Use the device cpu, or run `make setup` on a machine with "
        + "an NVIDIA driver."
    case .unknownOperator(let name, let overload, let reason):
      "ATen operator \(Self.title(name, overload)): \(reason)"
    case .operatorFailed(let failure):
      "ATen operator \(Self.title(failure.name, failure.overload))"
        + "(\(failure.arguments.joined(separator: ", "))): \(failure.message)"
    case .unexpectedResults(let name, let expected, let found):
      "ATen operator \(name) handed out \(found), expected \(expected)"
    case .runtimeFailed(let function, let status, let message):
      "runtime function \(function) failed with status \(status): \(message)"
    case .byteCount(let shape, let dtype, let found):
      dtype.byteCount(ofShape: shape).map {
        "\(dtype)\(shape) takes \($0) bytes, got \(found)"
      } ?? "\(dtype)\(shape) is no shape that fits into memory"
    case .unsupportedDType(let code):
      "element type \(code) of torch cannot be read here; convert the tensor first"
    }
  }

  private static func title(_ name: String, _ overload: String) -> String {
    overload.isEmpty ? name : "\(name).\(overload)"
  }
}
