import Graphs

/// The sliding window of a convolution or a pooling: kernel, strides, dilations and pads along the spatial axes.
struct Window: Sendable {
  /// How sizes that the strides do not divide are rounded, and where automatic padding goes.
  enum Padding: Sendable, Hashable {
    case explicit
    /// As much as makes output = input / stride, the odd one at the end or at the start.
    case sameUpper, sameLower
    case valid
  }

  let kernel: [Int]
  let strides: [Int]
  let dilations: [Int]
  let padding: Padding
  let roundsUp: Bool
  private let begins: [Int]
  private let ends: [Int]

  /// The window of one pixel on maps, which reads each place by itself.
  static let onePixel = Window()

  private init() {
    (kernel, strides, dilations) = ([1, 1], [1, 1], [1, 1])
    (begins, ends) = ([0, 0], [0, 0])
    (padding, roundsUp) = (.explicit, false)
  }

  /// Reads a node's attributes; `kernel` in place of a `kernel_shape` that is not there.
  init(_ node: Node, kernel: [Int]? = nil) throws(OperatorError) {
    guard let kernel = node.ints("kernel_shape") ?? kernel, !kernel.isEmpty else {
      throw .unsupported("no kernel_shape")
    }
    self.kernel = kernel
    let ones = [Int](repeating: 1, count: kernel.count)
    strides = node.ints("strides") ?? ones
    dilations = node.ints("dilations") ?? ones
    let pads = node.ints("pads") ?? [Int](repeating: 0, count: kernel.count * 2)
    guard strides.count == kernel.count, dilations.count == kernel.count,
      pads.count == 2 * kernel.count
    else {
      throw .mismatch(
        "strides \(strides), dilations \(dilations) and pads \(pads) do not fit a kernel of "
          + ShapeRules.describe(kernel)
      )
    }
    guard (kernel + strides + dilations + pads).allSatisfy({ Int(Int32(clamping: $0)) == $0 }),
      kernel.allSatisfy({ $0 >= 0 })
    else {
      throw .mismatch(
        "a kernel of \(ShapeRules.describe(kernel)) with strides \(strides), dilations \(dilations) and pads \(pads)"
      )
    }
    begins = Array(pads.prefix(kernel.count))
    ends = Array(pads.suffix(kernel.count))
    roundsUp = node.int("ceil_mode", default: 0) != 0
    padding =
      switch node.string("auto_pad", default: "NOTSET") {
      case "SAME_UPPER": .sameUpper
      case "SAME_LOWER": .sameLower
      case "VALID": .valid
      default: .explicit
      }
    guard strides.allSatisfy({ $0 > 0 }), dilations.allSatisfy({ $0 > 0 }) else {
      throw .mismatch("strides \(strides) and dilations \(dilations) must be positive")
    }
  }

  /// What the kernel spans along each axis, gaps included.
  var extents: [Int] { kernel.indices.map { (kernel[$0] - 1) * dilations[$0] + 1 } }

  /// Pads before and after each axis for an input of these spatial sizes.
  func pads(_ sizes: [Int]) -> (begins: [Int], ends: [Int]) {
    switch padding {
    case .explicit: return (begins, ends)
    case .valid:
      let none = [Int](repeating: 0, count: kernel.count)
      return (none, none)
    case .sameUpper, .sameLower:
      let totals = sizes.indices.map { axis in
        let output = (sizes[axis] + strides[axis] - 1) / strides[axis]
        return max(0, (output - 1) * strides[axis] + extents[axis] - sizes[axis])
      }
      let halves = totals.map { $0 / 2 }
      let rests = totals.map { $0 - $0 / 2 }
      return padding == .sameUpper ? (halves, rests) : (rests, halves)
    }
  }

  /// The output's spatial size along an axis.
  func output(_ size: Int, axis: Int) -> Int {
    if padding == .sameUpper || padding == .sameLower {
      return (size + strides[axis] - 1) / strides[axis]
    }
    let begin = padding == .valid ? 0 : begins[axis]
    let end = padding == .valid ? 0 : ends[axis]
    let room = size + begin + end - extents[axis]
    guard room >= 0 else { return 0 }
    guard roundsUp else { return room / strides[axis] + 1 }
    let windows = (room + strides[axis] - 1) / strides[axis] + 1
    // A window that would start in the padding behind the input is left out.
    return (windows - 1) * strides[axis] >= size + begin ? windows - 1 : windows
  }

  /// The output's spatial sizes.
  func outputs(_ sizes: [Int?]) throws(OperatorError) -> [Int?] {
    guard sizes.count == kernel.count else {
      throw .mismatch(
        "a kernel of \(kernel.count) axes over \(sizes.count) spatial axes"
      )
    }
    return sizes.indices.map { axis in sizes[axis].map { output($0, axis: axis) } }
  }
}
