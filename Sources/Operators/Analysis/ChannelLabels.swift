/// Which channel each element of a value belongs to.
///
/// The array broadcasts to the value's shape: it has size 1 along axes that carry no channel, and one entry an
/// index along axes that do. An entry is a slot of the analysis; 0 is never cut.
package struct ChannelLabels: Sendable, Hashable {
  /// The sizes, one an axis of the value.
  package let shape: [Int]
  /// The slots in row-major order.
  package let slots: ContiguousArray<Int32>

  init(shape: [Int], slots: ContiguousArray<Int32>) {
    self.shape = shape
    self.slots = slots
  }

  /// Labels along one axis of a value of rank `rank`.
  init(_ slots: ContiguousArray<Int32>, axis: Int, rank: Int) {
    var shape = [Int](repeating: 1, count: rank)
    shape[axis] = slots.count
    self.init(shape: shape, slots: slots)
  }

  /// The axes along which channels lie.
  var axes: [Int] { shape.indices.filter { shape[$0] > 1 } }

  /// Labels larger than this are not tracked: they would cost more than they are worth.
  static let limit = 1 << 22

  /// Row-major strides, 0 along axes of size 1 so that an index there is ignored.
  var strides: [Int] {
    var strides = [Int](repeating: 0, count: shape.count)
    var step = 1
    for axis in shape.indices.reversed() {
      if shape[axis] > 1 { strides[axis] = step }
      step *= shape[axis]
    }
    return strides
  }

  /// The labels at `sizes`, repeated along the axes where there was one.
  func expanded(to sizes: [Int]) -> ChannelLabels {
    if sizes == shape { return self }
    return ChannelLabels(shape: sizes, slots: gathered(sizes: sizes, strides: strides))
  }

  /// The axes in another order: axis `i` of the result is axis `order[i]`.
  func transposed(_ order: [Int]) -> ChannelLabels {
    let strides = strides
    let sizes = order.map { shape[$0] }
    // With one labelled axis the order of the slots does not change.
    let slots = axes.count < 2 ? slots : gathered(sizes: sizes, strides: order.map { strides[$0] })
    return ChannelLabels(shape: sizes, slots: slots)
  }

  /// Only `indices` of an axis along which channels lie, -1 standing for an element that is never cut.
  func taking(_ indices: [Int], axis: Int) -> ChannelLabels {
    let inner = shape[(axis + 1)...].reduce(1, *)
    let outer = shape[..<axis].reduce(1, *)
    var result = ContiguousArray<Int32>()
    result.reserveCapacity(outer * indices.count * inner)
    for row in 0..<outer {
      for index in indices {
        if index < 0 {
          result.append(contentsOf: repeatElement(0, count: inner))
        } else {
          let start = (row * shape[axis] + index) * inner
          result.append(contentsOf: slots[start..<start + inner])
        }
      }
    }
    var sizes = shape
    sizes[axis] = indices.count
    return ChannelLabels(shape: sizes, slots: result)
  }

  /// The same slots under a shape that differs by axes of size 1.
  func viewed(as sizes: [Int]) -> ChannelLabels { ChannelLabels(shape: sizes, slots: slots) }

  /// The labels of a value of shape `old` after its elements were given the shape `new`.
  ///
  /// - Returns: nil where the shapes do not fit or the labels would grow over ``limit``.
  func reshaped(from old: [Int], to new: [Int]) -> ChannelLabels? {
    var (i, j) = (0, 0)
    var full = shape
    var sizes = [Int](repeating: 1, count: new.count)
    var changed: [Int] = []
    while i < old.count || j < new.count {
      let (from, to) = (i, j)
      var (p, q) = (1, 1)
      if i < old.count {
        p = old[i]
        i += 1
      }
      if j < new.count {
        q = new[j]
        j += 1
      }
      while p != q {
        if p < q {
          guard i < old.count else { return nil }
          p *= old[i]
          i += 1
        } else {
          guard j < new.count, q > 0 else { return nil }
          q *= new[j]
          j += 1
        }
      }
      guard (from..<i).contains(where: { shape[$0] > 1 }) else { continue }
      for axis in from..<i { full[axis] = old[axis] }
      for axis in to..<j { sizes[axis] = new[axis] }
      if i - from > 1 || j - to > 1 { changed.append(contentsOf: to..<j) }
    }
    guard full.reduce(1, { $0.multipliedReportingOverflow(by: $1).partialValue }) <= Self.limit
    else { return nil }
    var result = ChannelLabels(shape: sizes, slots: expanded(to: full).slots)
    for axis in changed where result.shape[axis] > 1 { result = result.compacted(axis: axis) }
    return result
  }

  /// The labels with size 1 along `axis` where they do not vary along it.
  private func compacted(axis: Int) -> ChannelLabels {
    let inner = shape[(axis + 1)...].reduce(1, *)
    let rows = shape[axis]
    let outer = shape[..<axis].reduce(1, *)
    for row in 0..<outer {
      let start = row * rows * inner
      for index in inner..<rows * inner where slots[start + index] != slots[start + index - inner] {
        return self
      }
    }
    return taking([0], axis: axis)
  }

  private func gathered(sizes: [Int], strides: [Int]) -> ContiguousArray<Int32> {
    let count = sizes.reduce(1, *)
    guard count > 0 else { return [] }
    var result = ContiguousArray<Int32>()
    result.reserveCapacity(count)
    var index = [Int](repeating: 0, count: sizes.count)
    var offset = 0
    guard let last = sizes.indices.last else { return slots }
    while result.count < count {
      if strides[last] == 1 {
        result.append(contentsOf: slots[offset..<offset + sizes[last]])
      } else {
        for step in 0..<sizes[last] { result.append(slots[offset + step * strides[last]]) }
      }
      var axis = last - 1
      while axis >= 0 {
        index[axis] += 1
        offset += strides[axis]
        if index[axis] < sizes[axis] { break }
        offset -= strides[axis] * sizes[axis]
        index[axis] = 0
        axis -= 1
      }
    }
    return result
  }
}
