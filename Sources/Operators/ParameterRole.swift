/// What a constant that was trained is to the operator that reads it.
package enum ParameterRole: Sendable, Hashable {
  /// What inputs are multiplied by: the only role with weight decay.
  case weight
  /// What is added behind a weight.
  case bias
  /// What batch norm and its kin multiply by.
  case normScale
  /// What batch norm and its kin add.
  case normOffset
  /// The slope of an activation.
  case slope
  /// A running mean or variance: moved by the batches, not by gradients.
  case statistic
}
