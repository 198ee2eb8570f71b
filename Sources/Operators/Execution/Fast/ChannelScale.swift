import Tensors

/// A batch norm as one factor and one summand a channel, in Double.
struct ChannelScale {
  let factor: Tensor
  private let shift: Tensor
  private let mean: Tensor

  /// From scale, shift, mean and variance: y = (x - mean) · factor + shift with factor = scale / √(variance + epsilon).
  init(_ parameters: [Tensor], epsilon: Double) throws {
    let wide = try parameters.map { try $0.converted(to: .float64) }
    let deviation = try (wide[3] + epsilon).sqrt()
    factor = try wide[0] / deviation
    (shift, mean) = (wide[1], wide[2])
  }

  /// A convolution's weight with the factors multiplied in, as float32; by itself the factors as a 1×1 weight.
  func scaled(_ weight: Tensor?) throws -> Tensor {
    let shape = [factor.count] + [Int](repeating: 1, count: (weight?.rank ?? 4) - 1)
    let column = try factor.reshaped(shape)
    guard let weight else { return try column.converted(to: .float32) }
    return try (weight.converted(to: .float64) * column).converted(to: .float32)
  }

  /// The bias that makes a convolution's own one right after the batch norm, as float32.
  func shifted(_ bias: Tensor?) throws -> Tensor {
    let offset = try bias.map { try $0.converted(to: .float64) - mean } ?? -mean
    return try shift.addingProduct(offset, factor).converted(to: .float32)
  }
}
