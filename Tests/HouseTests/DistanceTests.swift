import TestSupport
import Testing

/// The comparison that other tests rest on.
struct DistanceTests {
  @Test(
    arguments: [
      ([1, 2.5], [1, 2], 0.5), ([.nan, 0], [0, 0], .infinity), ([0, 0], [0, .nan], .infinity),
      ([.nan], [.nan], .infinity), ([0], [0, 0], .infinity), ([], [], 0),
      ([.infinity], [.infinity], 0), ([.infinity], [-.infinity], .infinity), ([1e30], [0], 1e30),
    ] as [([Double], [Double], Double)]
  )
  func `no number that is none passes, wherever it comes`(
    found: [Double],
    expected: [Double],
    worst: Double
  ) {
    #expect(Distance(of: found, from: expected).worst == worst)
  }

  @Test func `the scale is the largest magnitude expected, and 1 at least`() {
    #expect(Distance(of: [4.5, -8] as [Float], from: [4, -8] as [Float]).relative == 0.0625)
    #expect(Distance(of: [0.25], from: [0.125]).relative == 0.125)
  }
}
