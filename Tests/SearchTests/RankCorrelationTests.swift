import Search
import Testing

struct RankCorrelationTests {
  @Test func `equal orders agree by one, turned ones by minus one`() throws {
    let up = try #require(RankCorrelation([(1, 10), (2, 20), (3, 30)]))
    #expect(up.tau == 1 && up.count == 3)
    #expect(try #require(RankCorrelation([(1, 30), (2, 20), (3, 10)])).tau == -1)
  }

  /// By hand: of ten pairs, seven agree, one differs, two are tied on one side each; (7 - 1) / sqrt(9 * 9).
  @Test func `ties count as tau-b has them`() throws {
    let pairs = [(1.0, 1.0), (2, 2), (2, 3), (4, 5), (5, 5)]
    let tau = try #require(RankCorrelation(pairs)).tau
    // (1,2) (1,3) (1,4) (1,5) (2,4) (2,5) (3,4) (3,5) agree, (2,3) is tied first, (4,5) tied second.
    #expect(abs(tau - 8.0 / 9) < 1e-12)
  }

  @Test func `nothing to compare has no correlation`() {
    #expect(RankCorrelation([(1, 1)]) == nil)
    #expect(RankCorrelation([(1, 1), (1, 2)]) == nil)
  }
}
