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
}
