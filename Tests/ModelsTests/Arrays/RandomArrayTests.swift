import Graphs
import Models
import Testing

struct RandomArrayTests {
  @Test
  func `draws the same numbers for the same seed and name, and others for others`() {
    func draw(_ seed: UInt64, _ name: String) -> Constant? {
      RandomArray.draw(.float32, shape: [2, 3, 8, 8], seed: seed, name: name)
    }
    #expect(draw(1, "a") == draw(1, "a"))
    #expect(draw(1, "a") != draw(2, "a"))
    #expect(draw(1, "a") != draw(1, "b"))
  }

  @Test(arguments: [ElementType.float32, .float64, .float16, .bfloat16])
  func `draws numbers from 0 to below 1, spread over them`(type: ElementType) throws {
    let floats = try #require(
      RandomArray.draw(type, shape: [4096], seed: 3, name: "x")?.floats
    )
    #expect(floats.allSatisfy { (0..<1).contains($0) })
    let mean = floats.reduce(0, +) / 4096
    // Uniform numbers: the mean of 4096 lies within 4 standard errors (0.018) of its middle.
    let middle: Float = type == .float16 ? 0.75 : 0.5
    #expect(abs(mean - middle) < 0.02)
  }

  @Test
  func `draws nothing for strings`() {
    #expect(RandomArray.draw(.string, shape: [1], seed: 0, name: "") == nil)
  }
}
