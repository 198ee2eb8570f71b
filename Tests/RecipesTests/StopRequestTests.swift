import Evaluation
import Testing

struct StopRequestTests {
  @Test
  func `only work that saves can be asked, and only once`() {
    let stop = StopRequest()
    #expect(!stop.ask())
    #expect(!stop.isWanted)
    stop.whileSaving {
      #expect(!stop.isWanted)
      #expect(stop.ask())
      #expect(stop.isWanted)
      #expect(!stop.ask())
      #expect(stop.isWanted)
    }
    #expect(!stop.isWanted)
    #expect(!stop.ask())
  }
}
