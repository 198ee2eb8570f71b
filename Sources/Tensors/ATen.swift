/// Operators of libtorch by name, for what ``Tensor`` has no method for.
///
/// A name without namespace is `aten`'s. Finding an operator costs about 0.1 µs a call, which an ``ATenOperator`` saves.
public enum ATen: Sendable {
  /// Calls an operator.
  ///
  /// - Parameters:
  ///   - name: `conv2d`, or with another namespace `mkldnn::_convolution_pointwise`.
  ///   - overload: `Tensor` in `add.Tensor`; empty for the plain one.
  ///   - arguments: By position; missing trailing ones take the schema's defaults.
  /// - Returns: The results in order.
  /// - Throws: ``TensorError`` with the operator, the tensors' shapes and torch's words.
  public static func call(
    _ name: String,
    _ overload: String = "",
    _ arguments: [ATenValue]
  ) throws(TensorError) -> [ATenValue] {
    try ATenOperator(name, overload)(arguments)
  }

  /// Calls an operator whose only result is a tensor.
  ///
  /// - Parameters:
  ///   - name: `conv2d`, or with another namespace `mkldnn::_convolution_pointwise`.
  ///   - overload: `Tensor` in `add.Tensor`; empty for the plain one.
  ///   - arguments: By position; missing trailing ones take the schema's defaults.
  /// - Returns: The tensor.
  /// - Throws: ``TensorError`` with the operator, the tensors' shapes and torch's words.
  public static func one(
    _ name: String,
    _ overload: String = "",
    _ arguments: any ATenArgument...
  ) throws(TensorError) -> Tensor {
    try ATenOperator(name, overload).one(arguments.map(\.atenValue))
  }

  /// Calls a plain operator on a tensor, whose only result is a tensor.
  ///
  /// - Parameters:
  ///   - name: `relu`; an operator without overload name.
  ///   - first: The first argument.
  ///   - rest: The others by position; missing trailing ones take the schema's defaults.
  /// - Returns: The tensor.
  /// - Throws: ``TensorError`` with the operator, the tensors' shapes and torch's words.
  public static func one(
    _ name: String,
    _ first: Tensor,
    _ rest: any ATenArgument...
  ) throws(TensorError) -> Tensor {
    try ATenOperator(name).one([.tensor(first)] + rest.map(\.atenValue))
  }

  /// Calls an operator whose results are all tensors or lists of them.
  ///
  /// - Parameters:
  ///   - name: `split`, or with another namespace `torchvision::nms`.
  ///   - overload: `Tensor` in `split.Tensor`; empty for the plain one.
  ///   - arguments: By position; missing trailing ones take the schema's defaults.
  /// - Returns: The tensors in order, lists laid out flat.
  /// - Throws: ``TensorError`` with the operator, the tensors' shapes and torch's words.
  public static func many(
    _ name: String,
    _ overload: String = "",
    _ arguments: any ATenArgument...
  ) throws(TensorError) -> [Tensor] {
    try ATenOperator(name, overload).many(arguments.map(\.atenValue))
  }
}
