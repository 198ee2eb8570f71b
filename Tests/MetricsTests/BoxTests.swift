import Metrics
import Testing

struct BoxTests {
  @Test func `edges and sizes say the same`() {
    let box = Box(left: 1, top: 2, right: 5, bottom: 9)
    #expect(box == Box(x: 1, y: 2, width: 4, height: 7))
    #expect(box.area == 28)
  }
}
