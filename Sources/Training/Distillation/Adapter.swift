import Graphs
import Models
import Operators
package import Tensors

/// A 1×1 convolution that gives a student's map as many channels as the teacher's.
///
/// It is trained along and stands in checkpoints; the model that is written does without it.
package final class Adapter {
  /// Both values' names; losses that compare the same two share one.
  package let name: String
  package let weight: Tensor
  package let bias: Tensor

  /// Starts evenly spread within ±1/√channels, as its name and the seed say.
  init(
    _ pair: TapPairing.Pair,
    _ channels: TapPairing.Channels,
    seed: UInt64,
    device: Device
  )
    throws
  {
    let name = Self.name(of: pair)
    self.name = name
    let bound = 1 / Double(channels.student).squareRoot()
    func drawn(_ part: String, _ shape: [Int]) throws -> Tensor {
      let name = "adapter \(name) \(part)"
      let evenly = RandomArray.draw(.float32, shape: shape, seed: seed, name: name)
      let values = (evenly?.floats ?? []).map { Float((2 * Double($0) - 1) * bound) }
      return try Tensor(values, shape: shape).moved(to: device)
    }
    weight = try drawn("weight", [channels.teacher, channels.student, 1, 1])
    bias = try drawn("bias", [channels.teacher])
    for tensor in [weight, bias] { try tensor.setRequiresGradient() }
  }

  static func name(of pair: TapPairing.Pair) -> String { "\(pair.student)->\(pair.teacher)" }

  /// The map with the teacher's channels.
  func adapted(_ map: Tensor) throws -> Tensor {
    try ATen.one("conv2d", "", map, weight, bias, [1, 1], [0, 0], [1, 1], 1)
  }
}

@available(*, unavailable) extension Adapter: Sendable {}
