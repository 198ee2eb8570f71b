import Graphs
import Tensors

/// A Resize with its sizes settled: each axis is resampled by itself.
struct ResizePlan {
  /// The output's sizes.
  let target: [Int]
  private let node: Node
  private let sizes: [Int]
  private let scales: [Double]
  private let regions: [(start: Double, end: Double)?]
  /// Axes that `scales` or `sizes` name, in order.
  private let named: [Int]

  init(
    _ node: Node,
    sizes: [Int],
    scales given: [Double]?,
    target wanted: [Int]?,
    region: [Double]?
  ) throws(OperatorError) {
    var axes: [Int] = []
    for axis in node.ints("axes") ?? Array(sizes.indices) {
      axes.append(try ShapeRules.axis(axis, rank: sizes.count))
    }
    guard (given ?? wanted.map { $0.map(Double.init) })?.count == axes.count else {
      throw .mismatch("Resize needs a scale or a size for each of \(axes.count) axes")
    }
    var scales = [Double](repeating: 1, count: sizes.count)
    var target = sizes
    if let given {
      for (axis, scale) in zip(axes, given) {
        scales[axis] = scale
        target[axis] = try Self.whole(Double(sizes[axis]) * scale)
      }
    } else if let wanted {
      let ratios = zip(axes, wanted).map { Double($1) / Double(max(sizes[$0], 1)) }
      let policy = node.string("keep_aspect_ratio_policy", default: "stretch")
      let common = policy == "not_larger" ? ratios.min() : ratios.max()
      for (index, axis) in axes.enumerated() {
        if policy == "stretch" {
          (scales[axis], target[axis]) = (ratios[index], wanted[index])
        } else {
          scales[axis] = common ?? 1
          target[axis] = try Self.whole(Double(sizes[axis]) * (common ?? 1) + 0.5)
        }
      }
    }
    var regions = [(start: Double, end: Double)?](repeating: nil, count: sizes.count)
    if let region, region.count == 2 * axes.count {
      for (index, axis) in axes.enumerated() {
        regions[axis] = (region[index], region[index + axes.count])
      }
    }
    self.node = node
    self.sizes = sizes
    self.scales = scales
    self.target = target
    self.regions = regions
    named = axes
  }

  /// A size cut off to a whole number.
  private static func whole(_ size: Double) throws(OperatorError) -> Int {
    guard size >= 0, let whole = Int32(exactly: size.rounded(.down)) else {
      throw .mismatch("a size of \(size)")
    }
    return Int(whole)
  }

  /// The output's sizes where the input's are known in part.
  func merging(_ sizes: [Int?]) -> [Int?] {
    let isStretched =
      node.string("keep_aspect_ratio_policy", default: "stretch") == "stretch"
    return sizes.indices.map { axis in
      if sizes[axis] != nil { return target[axis] }
      // A size asked for holds whatever the input's; one from a scale does not.
      return isStretched && named.contains(axis) && target[axis] != 0 ? target[axis] : nil
    }
  }

  func execute(_ input: Tensor) throws -> Tensor {
    if let fast = try direct(input) { return fast }
    let mode = node.string("mode", default: "nearest")
    let transformation = node.string("coordinate_transformation_mode", default: "half_pixel")
    var result =
      mode == "nearest" || input.dtype.isFloatingPoint
      ? input : try input.converted(to: .float32)
    var outside: Tensor?
    for axis in sizes.indices
    where target[axis] != sizes[axis] || scales[axis] != 1
      || (transformation == "tf_crop_and_resize" && regions[axis] != nil)
    {
      let places = (0..<target[axis]).map { coordinate($0, axis: axis, transformation) }
      if mode == "nearest" {
        let indices = places.map { Int64(nearest($0, size: sizes[axis])) }
        result = try result.picked(
          along: axis,
          at: Tensor(indices, shape: [indices.count]).moved(to: input.device)
        )
      } else {
        result = try weighed(result, axis: axis, places: places, isCubic: mode == "cubic")
      }
      if transformation == "tf_crop_and_resize" {
        var shape = sizes.map { _ in 1 }
        shape[axis] = target[axis]
        let flags = places.map { $0 < 0 || $0 > Double(sizes[axis] - 1) }
        let mask = try Tensor(flags, shape: shape).moved(to: input.device)
        outside = try outside.map { try $0 .| mask } ?? mask
      }
    }
    if let outside {
      result = try ATen.one(
        "masked_fill",
        "Scalar",
        result,
        outside,
        Double(node.float("extrapolation_value", default: 0))
      )
    }
    if result.dtype != input.dtype {
      result = try result.rounded().converted(to: input.dtype)
    }
    return result
  }

  // MARK: Shortcuts

  /// What torch has an operator for: whole factors of nearest, and linear along two axes.
  private func direct(_ input: Tensor) throws -> Tensor? {
    guard sizes.count == 4, target[0] == sizes[0], target[1] == sizes[1],
      input.dtype == .float32, node.int("antialias", default: 0) == 0,
      node.int("exclude_outside", default: 0) == 0,
      zip(target, scales).enumerated().allSatisfy({ axis, pair in
        Double(pair.0) == Double(sizes[axis]) * pair.1
      })
    else { return nil }
    let mode = node.string("mode", default: "nearest")
    let transformation = node.string("coordinate_transformation_mode", default: "half_pixel")
    let spatial = Array(target[2...])
    switch (mode, transformation) {
    case ("nearest", "asymmetric")
    where node.string("nearest_mode", default: "round_prefer_floor") == "floor"
      && hasWholeFactors:
      return try ATen.one("upsample_nearest2d", input, spatial, ATenValue.none, ATenValue.none)
    case ("nearest", "half_pixel")
    where node.string("nearest_mode", default: "round_prefer_floor").hasPrefix("round")
      && hasWholeFactors:
      // With whole factors no centre falls half-way between two pixels.
      return try ATen.one("upsample_nearest2d", input, spatial, ATenValue.none, ATenValue.none)
    case ("linear", "half_pixel"):
      return try ATen.one(
        "upsample_bilinear2d",
        input,
        spatial,
        false,
        ATenValue.none,
        ATenValue.none
      )
    case ("linear", "align_corners"):
      return try ATen.one(
        "upsample_bilinear2d",
        input,
        spatial,
        true,
        ATenValue.none,
        ATenValue.none
      )
    default: return nil
    }
  }

  private var hasWholeFactors: Bool {
    scales[2...].allSatisfy { $0 >= 1 && $0 == $0.rounded() }
  }

  // MARK: Along one axis

  /// Where an output place lies in the input (ONNX, Resize, `coordinate_transformation_mode`).
  private func coordinate(_ place: Int, axis: Int, _ transformation: String) -> Double {
    let x = Double(place)
    let scale = scales[axis]
    let length = Double(sizes[axis])
    let resized = scale * length
    switch transformation {
    case "align_corners": return resized == 1 ? 0 : x * (length - 1) / (resized - 1)
    case "asymmetric": return x / scale
    case "tf_crop_and_resize":
      let (start, end) = regions[axis] ?? (0, 1)
      let span = (end - start) * (length - 1)
      return start * (length - 1) + (resized == 1 ? span / 2 : x * span / (resized - 1))
    case "pytorch_half_pixel": return resized == 1 ? -0.5 : (x + 0.5) / scale - 0.5
    case "half_pixel_symmetric":
      let offset = length / 2 * (1 - Double(target[axis]) / resized)
      return offset + (x + 0.5) / scale - 0.5
    case "tf_half_pixel_for_nn": return (x + 0.5) / scale
    default: return (x + 0.5) / scale - 0.5
    }
  }

  private func nearest(_ place: Double, size: Int) -> Int {
    let index: Double =
      switch node.string("nearest_mode", default: "round_prefer_floor") {
      case "floor": place.rounded(.down)
      case "ceil": place.rounded(.up)
      case "round_prefer_ceil": (place + 0.5).rounded(.down)
      default: (place - 0.5).rounded(.up)
      }
    return min(max(Int(index), 0), size - 1)
  }

  /// The axis resampled by a matrix that holds each output place's weights.
  private func weighed(
    _ input: Tensor,
    axis: Int,
    places: [Double],
    isCubic: Bool
  ) throws -> Tensor {
    let size = sizes[axis]
    var matrix = [Double](repeating: 0, count: places.count * size)
    let isSmoothed = node.int("antialias", default: 0) != 0 && scales[axis] < 1
    let excludes = node.int("exclude_outside", default: 0) != 0
    let stretch = isSmoothed ? scales[axis] : 1
    let reach = (isCubic ? 2.0 : 1.0) / stretch
    for (row, place) in places.enumerated() {
      let first = Int((place - reach).rounded(.down)) + 1
      let last = max(first, Int((place + reach).rounded(.up)) - 1)
      var weights = (first...last).map { kernel((Double($0) - place) * stretch, isCubic) }
      if excludes {
        for index in first...last where index < 0 || index >= size { weights[index - first] = 0 }
      }
      let total = excludes || isSmoothed ? weights.reduce(0, +) : 1
      for index in first...last {
        matrix[row * size + min(max(index, 0), size - 1)] += weights[index - first] / total
      }
    }
    let weights = try Tensor(matrix, shape: [places.count, size])
      .converted(to: input.dtype).moved(to: input.device)
    let moved = try ATen.one("movedim", "int", input, axis, input.rank - 1)
    let result = try moved.matmul(weights.transposed())
    return try ATen.one("movedim", "int", result, input.rank - 1, axis)
  }

  /// The weight of a sample at a distance; cubic after Keys (1981).
  private func kernel(_ distance: Double, _ isCubic: Bool) -> Double {
    let x = abs(distance)
    guard isCubic else { return max(0, 1 - x) }
    let a = Double(node.float("cubic_coeff_a", default: -0.75))
    if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0
  }
}
