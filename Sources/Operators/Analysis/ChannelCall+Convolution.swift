import Graphs

extension ChannelCall {
  /// Conv: weight `[O, I/groups, ...]`, bias `[O]`.
  mutating func applyConvolution() {
    convolve(weight: 1, bias: 2, offsetGroups: 1)
  }

  /// DeformConv: weight as Conv, offsets and mask stay whole.
  mutating func applyDeformableConvolution() {
    close(2, "reads sampling offsets from them")
    close(4, "reads sampling weights from them")
    convolve(weight: 1, bias: 3, offsetGroups: node.int("offset_group", default: 1))
  }

  private func convolve(weight: Int, bias: Int, offsetGroups: Int) {
    guard let shape = shape(weight), shape.count > 2, isStored(weight) else {
      return close(0, "has a weight that is computed")
    }
    let groups = max(node.int("group", default: 1), 1)
    let (filters, perGroup) = (shape[0], shape[1])
    guard filters % groups == 0 else { return close(0, "has groups that do not fit its filters") }
    let input = channels(0, axis: 1)
    if let input, offsetGroups > 1 { tie(input, groups: offsetGroups) }
    if perGroup == 1, groups > 1 {
      return passDepthwise(
        input,
        times: filters / groups,
        weight: weight,
        bias: bias,
        rank: shape.count
      )
    }
    if let input {
      guard input.count == perGroup * groups else {
        return close(input, "reads another number of channels")
      }
      tie(input, groups: groups)
      attach(weight, axis: 1, ContiguousArray(input[..<perGroup]), as: .consumer)
    }
    makeFilters(filters, groups: groups, weight: weight, axis: 0, bias: bias, rank: shape.count)
  }

  /// ConvTranspose: weight `[I, O/groups, ...]`, bias `[O]`.
  mutating func applyConvolutionTranspose() {
    guard let shape = shape(1), shape.count > 2, isStored(1) else {
      return close(0, "has a weight that is computed")
    }
    let groups = max(node.int("group", default: 1), 1)
    let filters = shape[1] * groups
    let input = channels(0, axis: 1)
    if let input {
      guard input.count == shape[0], shape[0] % groups == 0 else {
        return close(input, "reads another number of channels")
      }
    }
    if shape[0] == groups, groups > 1 {
      return passDepthwise(input, times: shape[1], weight: 1, bias: 2, rank: shape.count)
    }
    if let input {
      tie(input, groups: groups)
      attach(1, axis: 0, input, as: .consumer)
    }
    makeFilters(filters, groups: groups, weight: 1, axis: 1, bias: 2, rank: shape.count)
  }

  /// Depthwise: each channel makes `times` of its own, and `group` is the number of channels.
  private func passDepthwise(
    _ input: ContiguousArray<Int32>?,
    times: Int,
    weight: Int,
    bias: Int,
    rank: Int
  ) {
    guard let input else { return }
    var output = ContiguousArray<Int32>()
    output.reserveCapacity(input.count * times)
    for slot in input { for _ in 0..<times { output.append(slot) } }
    let length = shape(weight)?.first ?? 0
    attach(weight, axis: 0, length == output.count ? output : input, as: .perChannel)
    if node.input(bias) != nil { attach(bias, axis: 0, output, as: .perChannel) }
    let name = node.name
    follow { editor in
      let groups = editor.cut.count(input)
      if groups != input.count {
        editor.append(.setInt(node: name, attribute: "group", value: groups))
      }
    }
    set(0, ChannelLabels(output, axis: 1, rank: rank))
  }

  /// Channel `j` of every group goes together, so that the groups stay equal.
  private func tie(_ slots: ContiguousArray<Int32>, groups: Int) {
    guard groups > 1 else { return }
    guard slots.count % groups == 0 else { return close(slots, "has groups of unequal size") }
    let size = slots.count / groups
    let first = ContiguousArray(slots[..<size])
    for group in 1..<groups {
      join(first, ContiguousArray(slots[group * size..<(group + 1) * size]), "has groups")
    }
  }

  /// Gives the output new channels, which the weight's `axis` and the bias hold.
  func makeFilters(
    _ filters: Int,
    groups: Int,
    weight: Int,
    axis: Int,
    bias: Int?,
    rank: Int,
    outputAxis: Int = 1
  ) {
    let perGroup = filters / groups
    guard perGroup > 1 else { return }
    let base = fresh(perGroup)
    var slots = base
    for _ in 1..<groups { slots.append(contentsOf: base) }
    let along = shape(weight)?[axis] == filters ? slots : base
    attach(weight, axis: axis, along, as: .producer)
    if let bias, node.input(bias) != nil, let shape = shape(bias) {
      if let last = shape.indices.last { attach(bias, axis: last, slots, as: .perChannel) }
    }
    keepSome(base)
    guard let output = node.output(0) else { return }
    if let reached = state.deadEnds[output] {
      return close(base, "makes '\(output)', which \(reached)")
    }
    set(0, ChannelLabels(slots, axis: outputAxis, rank: rank))
  }
}
