import Graphs
import Tensors

/// Col2Im: columns of blocks added up where they lie in the image.
enum Columns {
  static let shapes: ShapeRule = { (call) throws(OperatorError) in
    let input = try call.input(0)
    let image = try call.integers(1, "the image's size")
    let block = try call.integers(2, "the block's size")
    guard let sizes = input.sizes, sizes.count == 3 else {
      return [ValueFacts(element: input.element)]
    }
    let channels = sizes[1].map { $0 / max(block.reduce(1, &*), 1) }
    return [ValueFacts(element: input.element, sizes: [sizes[0], channels] + image)]
  }

  static let execute: Kernel = { call in
    let input = try call.input(0)
    let image = try call.integers(1) ?? []
    let block = try call.integers(2) ?? []
    let window = try Window(call.node, kernel: block)
    let (begins, ends) = window.pads(image)
    let padded = image.indices.map { image[$0] + begins[$0] + ends[$0] }
    let steps = padded.indices.map {
      (padded[$0] - window.extents[$0]) / window.strides[$0] + 1
    }
    let places = places(window, padded: padded, steps: steps)
    let channels = input.shape[1] / block.reduce(1, *)
    let zeros = try Tensor.full(
      [input.shape[0], channels, padded.reduce(1, *)],
      0,
      dtype: input.dtype,
      device: input.device
    )
    let index = try Tensor(places.map(Int64.init), shape: [places.count]).moved(to: input.device)
    let sums = try ATen.one(
      "index_add",
      zeros,
      2,
      index,
      input.reshaped([input.shape[0], channels, places.count])
    )
    return [
      try sums.reshaped([input.shape[0], channels] + padded).padded(
        before: begins.map(-),
        after: ends.map(-),
        value: 0
      )
    ]
  }

  /// For each place in a block, and each step of the window, the element of the padded image it lies on.
  private static func places(_ window: Window, padded: [Int], steps: [Int]) -> [Int] {
    var places = [0]
    // Offsets within the block first, then the window's steps, both in row-major order.
    for isStep in [false, true] {
      for axis in padded.indices {
        let stride = padded[(axis + 1)...].reduce(1, *)
        let count = isStep ? steps[axis] : window.kernel[axis]
        let step = isStep ? window.strides[axis] : window.dilations[axis]
        places = places.flatMap { place in (0..<count).map { place + $0 * step * stride } }
      }
    }
    return places
  }
}
