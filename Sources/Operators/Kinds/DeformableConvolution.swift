import Graphs
import Tensors

/// Deformable convolution, version 2, from ATen operators: autograd goes through it.
///
/// The input lies as rows of channels, one a pixel. Each of the four neighbours of a sampling point is picked
/// as a row and weighed; then one matrix product applies the filters.
enum DeformableConvolution {
  static let execute: Kernel = { call in
    let input = try call.input(0)
    let weight = try call.input(1)
    let offset = try call.input(2)
    guard input.rank == 4 else {
      throw OperatorError.unsupported("deformable convolution over \(input.rank - 2) axes; 2 work")
    }
    let sampling = try Sampling(
      window: Window(call.node, kernel: Array(weight.shape[2...])),
      input: input,
      offset: offset,
      groups: call.node.int("offset_group", default: 1)
    )
    let columns = try sampling.columns(input, offset, mask: call.optional(4))
    let groups = call.node.int("group", default: 1)
    return [
      try sampling.apply(columns, weight: weight, bias: call.optional(3), groups: groups)
    ]
  }

  /// Where filters sample, as rows of the input.
  private struct Sampling {
    let window: Window
    let batch, channels, height, width: Int
    let outHeight, outWidth: Int
    /// Groups of channels that share offsets.
    let groups: Int
    let taps: Int
    let begins: [Int]

    init(window: Window, input: Tensor, offset: Tensor, groups: Int) throws {
      self.window = window
      self.groups = groups
      (batch, channels) = (input.shape[0], input.shape[1])
      (height, width) = (input.shape[2], input.shape[3])
      (outHeight, outWidth) = (offset.shape[2], offset.shape[3])
      taps = window.kernel.reduce(1, *)
      begins = window.pads([height, width]).begins
      guard offset.shape[1] == 2 * groups * taps, channels % groups == 0 else {
        throw OperatorError.mismatch(
          "offsets with \(offset.shape[1]) channels do not fit \(groups) offset groups of "
            + "\(taps) taps"
        )
      }
    }

    /// Input samples of shape [batch, outHeight·outWidth, taps, channels].
    func columns(_ input: Tensor, _ offset: Tensor, mask: Tensor?) throws -> Tensor {
      let points = [batch, groups, taps, outHeight, outWidth]
      let pairs = try offset.reshaped([batch, groups, taps, 2, outHeight, outWidth])
      let y = try pairs.selected(along: 3, at: 0) + base(axis: 0, offset)
      let x = try pairs.selected(along: 3, at: 1) + base(axis: 1, offset)
      let top = try y.floor()
      let left = try x.floor()
      let down = try y - top
      let right = try x - left
      // Rows: [batch, groups, pixels] × [channels of a group].
      let depth = channels / groups
      let rows = try input.reshaped([batch, groups, depth, height * width])
        .permuted([0, 1, 3, 2]).reshaped([batch * groups * height * width, depth])
      let mask = try mask?.reshaped(points)
      var sum: Tensor?
      for corner in 0..<4 {
        let (isLower, isRight) = (corner / 2 == 1, corner % 2 == 1)
        let (row, rowWeight) = try neighbour(top, down, next: isLower, size: height)
        let (column, columnWeight) = try neighbour(left, right, next: isRight, size: width)
        var share = try rowWeight * columnWeight
        if let mask { share = try share * mask }
        let index = try column.adding(row, times: width) + planes(offset.device)
        // In the order [batch, outHeight, outWidth, taps, groups], so that samples come out as rows of filters.
        let picked = try rows.picked(
          along: 0,
          at: index.permuted([0, 3, 4, 2, 1]).reshaped([index.count])
        )
        let shares = try share.permuted([0, 3, 4, 2, 1]).reshaped([share.count, 1])
        sum = try sum.map { try $0.addingProduct(picked, shares) } ?? picked * shares
      }
      guard let sum else { return rows }
      return try sum.reshaped([batch, outHeight * outWidth, taps, channels])
    }

    /// The samples times the filters, and the bias: [batch, filters, outHeight, outWidth].
    func apply(
      _ columns: Tensor,
      weight: Tensor,
      bias: Tensor?,
      groups convolutionGroups: Int
    ) throws -> Tensor {
      let filters = weight.shape[0]
      let depth = weight.shape[1]
      let perGroup = filters / convolutionGroups
      // [groups, filters of a group, depth, taps] to [groups, taps·depth, filters of a group].
      let matrices = try weight.reshaped([convolutionGroups, perGroup, depth, taps])
        .permuted([0, 3, 2, 1]).reshaped([convolutionGroups, taps * depth, perGroup])
      let samples =
        convolutionGroups == 1
        ? try columns.reshaped([batch, 1, outHeight * outWidth, taps * depth])
        : try columns.reshaped([batch, outHeight * outWidth, taps, convolutionGroups, depth])
          .permuted([0, 3, 1, 2, 4])
          .reshaped([batch, convolutionGroups, outHeight * outWidth, taps * depth])
      var result = try samples.matmul(matrices)
        .permuted([0, 1, 3, 2]).reshaped([batch, filters, outHeight, outWidth])
      if let bias { result = try result + bias.reshaped([1, -1, 1, 1]) }
      return result
    }

    /// The sampling points without offsets along one axis, in a shape that broadcasts to the points.
    private func base(axis: Int, _ like: Tensor) throws -> Tensor {
      let outSize = axis == 0 ? outHeight : outWidth
      let inner = axis == 0 ? window.kernel[1] : 1
      var values: [Float] = []
      for tap in 0..<taps {
        let step = (tap / inner) % window.kernel[axis] * window.dilations[axis]
        for place in 0..<outSize {
          values.append(Float(place * window.strides[axis] - begins[axis] + step))
        }
      }
      let shape = axis == 0 ? [1, 1, taps, outSize, 1] : [1, 1, taps, 1, outSize]
      return try Tensor(values, shape: shape).moved(to: like.device).converted(to: like.dtype)
    }

    /// One of the two neighbours along an axis: its index, and its share, 0 outside the input.
    private func neighbour(
      _ floor: Tensor,
      _ fraction: Tensor,
      next: Bool,
      size: Int
    ) throws -> (index: Tensor, share: Tensor) {
      let place = next ? try floor + 1 : floor
      let share = next ? fraction : try 1 - fraction
      let inside = try (place .>= 0) .& (place .<= size - 1)
      let index = try place.clamped(min: 0, max: size - 1).converted(to: .int64)
      return (index, try share * inside)
    }

    /// The first row of each image and offset group.
    private func planes(_ device: Device) throws -> Tensor {
      let starts = (0..<batch * groups).map { Int64($0 * height * width) }
      return try Tensor(starts, shape: [batch, groups, 1, 1, 1]).moved(to: device)
    }
  }
}
