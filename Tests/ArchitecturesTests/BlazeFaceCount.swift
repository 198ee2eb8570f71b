import Architectures

/// Parameters and multiply-adds at 640×640 of a network of BlazeBlocks, counted layer by layer from its widths alone.
struct BlazeFaceCount: Equatable {
  var parameters = 0
  var multiplyAdds = 0

  init(_ parameters: Int, _ multiplyAdds: Int) {
    self.parameters = parameters
    self.multiplyAdds = multiplyAdds
  }

  init(_ blocks: BlazeFace.Blocks, _ kernels: BlazeFace.Kernels) {
    var side = 320
    var channels = blocks.first
    convolution(3, channels, kernel: 3, side)
    for block in blocks.singles {
      let input = channels
      look(channels, side, block.stride, kernels, isFull: false)
      side /= block.stride
      convolution(input, block.channels, kernel: 1, side)
      channels = block.channels
      if block.stride == 2 { convolution(input, channels, kernel: 1, side) }
    }
    for block in blocks.doubles {
      if block.stride == 2, side == 80 { predictions(channels, side, priors: 2) }
      let input = channels
      look(channels, side, block.stride, kernels, isFull: false)
      side /= block.stride
      convolution(input, block.middle, kernel: 1, side)
      look(block.middle, side, 1, kernels, isFull: kernels == .fiveByFive)
      convolution(block.middle, block.channels, kernel: 1, side)
      channels = block.channels
      if block.stride == 2 { convolution(input, channels, kernel: 1, side) }
    }
    predictions(channels, side, priors: 6)
  }

  /// Weights, and the four numbers that batch norm has for each channel.
  private mutating func convolution(_ input: Int, _ output: Int, kernel: Int, _ side: Int) {
    let weights = input * output * kernel * kernel
    parameters += weights + 4 * output
    multiplyAdds += weights * side * side
  }

  private mutating func look(
    _ channels: Int,
    _ side: Int,
    _ stride: Int,
    _ kernels: BlazeFace.Kernels,
    isFull: Bool
  ) {
    if kernels == .threeByThree {
      parameters += 2 * (9 + 4) * channels
      multiplyAdds += 9 * channels * (side * side + side / stride * (side / stride))
    } else if isFull {
      convolution(channels, channels, kernel: 5, side / stride)
    } else {
      parameters += (25 + 4) * channels
      multiplyAdds += 25 * channels * (side / stride) * (side / stride)
    }
  }

  /// Four numbers of a box and two scores a prior, with biases instead of batch norm.
  private mutating func predictions(_ channels: Int, _ side: Int, priors: Int) {
    let filters = 6 * priors
    parameters += filters * (9 * channels + 1)
    multiplyAdds += filters * 9 * channels * side * side
  }
}
