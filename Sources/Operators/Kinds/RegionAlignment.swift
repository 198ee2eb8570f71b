import Graphs
import Tensors

/// RoiAlign: each region sampled on a regular grid by bilinear interpolation.
///
/// A sample's share of a pixel is a factor by row times one by column. So the mean over a cell's samples is two
/// matrix products, which any device runs and autograd goes through.
enum RegionAlignment {
  static let execute: Kernel = { call in
    let input = try call.input(0)
    let node = call.node
    let regions = try call.input(1).doubles()
    let images = try call.integers(2) ?? []
    let (rows, columns) = (
      node.int("output_height", default: 1), node.int("output_width", default: 1)
    )
    let isHalfPixel =
      node.string("coordinate_transformation_mode", default: "half_pixel") == "half_pixel"
    let scale = Double(node.float("spatial_scale", default: 1))
    let ratio = node.int("sampling_ratio", default: 0)
    let isMaximum = node.string("mode", default: "avg") == "max"
    var results: [Tensor] = []
    for (index, image) in images.enumerated() {
      let edges = regions[index * 4..<index * 4 + 4].map { $0 * scale - (isHalfPixel ? 0.5 : 0) }
      let vertical = Axis(
        edges[1],
        edges[3],
        cells: rows,
        size: input.shape[2],
        ratio: ratio,
        isClamped: !isHalfPixel
      )
      let horizontal = Axis(
        edges[0],
        edges[2],
        cells: columns,
        size: input.shape[3],
        ratio: ratio,
        isClamped: !isHalfPixel
      )
      let plane = try input.selected(along: 0, at: image)
      results.append(
        isMaximum
          ? try maximum(plane, vertical, horizontal) : try mean(plane, vertical, horizontal)
      )
    }
    guard !results.isEmpty else {
      return [
        try Tensor.full(
          [0, input.shape[1], rows, columns],
          0,
          dtype: input.dtype,
          device: input.device
        )
      ]
    }
    return [try Tensor.stacked(results, along: 0)]
  }

  private static func mean(
    _ plane: Tensor,
    _ vertical: Axis,
    _ horizontal: Axis
  ) throws -> Tensor {
    let rows = try vertical.means().converted(to: plane.dtype).moved(to: plane.device)
    let columns = try horizontal.means().converted(to: plane.dtype).moved(to: plane.device)
    return try rows.matmul(plane.matmul(columns.transposed()))
  }

  /// The largest weighed neighbour of all samples of a cell, as ONNX has it (not the largest sample).
  private static func maximum(
    _ plane: Tensor,
    _ vertical: Axis,
    _ horizontal: Axis
  ) throws -> Tensor {
    let shape = [
      plane.shape[0], vertical.cells, vertical.samples, horizontal.cells, horizontal.samples,
    ]
    var best: Tensor?
    for isLower in [false, true] {
      for isRight in [false, true] {
        let (rows, rowShares) = try vertical.neighbours(isLower, like: plane)
        let (columns, columnShares) = try horizontal.neighbours(isRight, like: plane)
        let picked = try plane.picked(along: 1, at: rows).picked(along: 2, at: columns)
        let weighed = try picked * rowShares.reshaped([1, rowShares.count, 1]) * columnShares
        best = try best.map { try $0.maximum(weighed) } ?? weighed
      }
    }
    guard let best else { return plane }
    return try best.reshaped(shape).max(along: [2, 4])
  }

  /// The samples of a region along one axis.
  private struct Axis {
    let cells: Int
    /// Samples in a cell.
    let samples: Int
    private let size: Int
    private let places: [Double]

    init(_ start: Double, _ end: Double, cells: Int, size: Int, ratio: Int, isClamped: Bool) {
      let length = isClamped ? max(end - start, 1) : end - start
      let cell = length / Double(cells)
      let samples = ratio > 0 ? ratio : max(Int(cell.rounded(.up)), 0)
      self.cells = cells
      self.samples = samples
      self.size = size
      places = (0..<cells).flatMap { index in
        (0..<samples).map {
          start + Double(index) * cell + (Double($0) + 0.5) * cell / Double(samples)
        }
      }
    }

    /// The two pixels around a sample and the second's share; nil outside the image.
    private func around(_ place: Double) -> (low: Int, high: Int, share: Double)? {
      guard place >= -1, place <= Double(size) else { return nil }
      let inside = max(place, 0)
      let low = Int(inside)
      guard low < size - 1 else { return (size - 1, size - 1, 0) }
      return (low, low + 1, inside - Double(low))
    }

    /// For each cell, the mean share of each pixel.
    func means() throws -> Tensor {
      var matrix = [Double](repeating: 0, count: cells * size)
      for (index, place) in places.enumerated() {
        guard let (low, high, share) = around(place) else { continue }
        let row = index / samples * size
        matrix[row + low] += (1 - share) / Double(samples)
        matrix[row + high] += share / Double(samples)
      }
      return try Tensor(matrix, shape: [cells, size])
    }

    /// One of the two pixels around each sample, and its share.
    func neighbours(_ isHigh: Bool, like plane: Tensor) throws -> (Tensor, Tensor) {
      let pairs = places.map { place -> (Int64, Double) in
        guard let (low, high, share) = around(place) else { return (0, 0) }
        return isHigh ? (Int64(high), share) : (Int64(low), 1 - share)
      }
      let index = try Tensor(pairs.map(\.0), shape: [pairs.count])
      let shares = try Tensor(pairs.map(\.1), shape: [pairs.count]).converted(to: plane.dtype)
      return (try index.moved(to: plane.device), try shares.moved(to: plane.device))
    }
  }
}
