import PluginKit
import Testing

struct WeightViewTests {
  private let view = WeightView((0..<24).map(Float.init), shape: [2, 3, 4])

  private func slices(along axis: Int) -> [[Float]] {
    var result: [[Float]] = []
    view.forEachSlice(along: axis) { (index: Int, values: Span<Float>) in
      #expect(index == result.count)
      result.append(values.indices.map { values[$0] })
    }
    return result
  }

  // The slices of numpy.arange(24).reshape(2, 3, 4) along each axis.
  @Test func `lends rows along the first axis`() {
    #expect(slices(along: 0) == [(0..<12).map(Float.init), (12..<24).map(Float.init)])
  }

  @Test func `gathers slices along an inner axis`() {
    #expect(slices(along: 1)[1] == [4, 5, 6, 7, 16, 17, 18, 19])
    #expect(slices(along: 2)[3] == [3, 7, 11, 15, 19, 23])
  }

  @Test func `has no slices along an axis that it lacks`() {
    #expect(slices(along: 3).isEmpty)
  }

  @Test func `has no slices where there is nothing along the axis, and empty ones beside it`() {
    var sizes: [Int] = []
    WeightView([], shape: [0, 3]).forEachSlice(along: 0) { _, values in sizes.append(values.count) }
    #expect(sizes.isEmpty)
    WeightView([], shape: [0, 3]).forEachSlice(along: 1) { _, values in sizes.append(values.count) }
    #expect(sizes == [0, 0, 0])
    WeightView([5], shape: []).forEachSlice(along: 0) { _, values in sizes.append(values.count) }
    #expect(sizes == [0, 0, 0])
    view.forEachSlice(along: -1) { _, values in sizes.append(values.count) }
    #expect(sizes == [0, 0, 0])
  }

  @Test(arguments: 0..<3) func `every value is in one slice`(axis: Int) {
    #expect(slices(along: axis).count == view.shape[axis])
    #expect(slices(along: axis).flatMap(\.self).sorted() == (0..<24).map(Float.init))
  }

  @Test func `an error ends the slices and is passed on`() {
    struct Stop: Error {}
    for axis in 0..<2 {
      var seen = 0
      #expect(throws: Stop.self) {
        try view.forEachSlice(along: axis) { (index: Int, _: Span<Float>) in
          seen += 1
          if index == 1 { throw Stop() }
        }
      }
      #expect(seen == 2)
    }
  }

  @Test func `a view of memory is read as an array's`() {
    let values: [Float] = [1, -2, 3, 0.5, 4, -0.25]
    unsafe values.withUnsafeBufferPointer { memory in
      let view = unsafe WeightView(memory, owner: nil, shape: [2, 3])
      #expect(view.count == 6)
      var columns: [[Float]] = []
      view.forEachSlice(along: 1) { _, slice in columns.append(slice.indices.map { slice[$0] }) }
      #expect(columns == [[1, 0.5], [-2, 4], [3, -0.25]])
    }
  }
}
