import PluginKit
import Testing

/// Ratios from measured losses, worked out by hand.
struct LossCurveTests {
  private func curve(_ points: [(Double, Double)], group: String = "g") -> LossCurve {
    LossCurve(group: group, points: points.map { .init(ratio: $0.0, loss: $0.1) })
  }

  @Test(
    arguments: [
      // Below all; at a point; halfway between two; a quarter behind; above all.
      (0.005, nil), (0.01, 0.1), (0.02, 0.15), (0.04, 0.225), (0.5, 0.3),
    ] as [(Double, Double?)]
  )
  func `between two measurements the line is followed`(loss: Double, ratio: Double?) throws {
    let found = curve([(0.1, 0.01), (0.2, 0.03), (0.3, 0.07)]).ratio(atLoss: loss)
    guard let ratio else {
      #expect(found == nil)
      return
    }
    #expect(abs(try #require(found) - ratio) < 1e-12)
  }

  @Test func `from the largest ratio down the first within bounds counts, whatever lies before`() {
    // 0.2 costs more than 0.3 does, and 0.4 too much: from 0.3 on, half of the way from 0.02 to 0.04.
    let bumpy = curve([(0.1, 0.01), (0.2, 0.09), (0.3, 0.02), (0.4, 0.04)])
    #expect(abs((bumpy.ratio(atLoss: 0.03) ?? 0) - 0.35) < 1e-12)
    #expect(bumpy.ratio(atLoss: 0.04) == 0.4)
  }

  @Test func `measurements are put in order, and a cut that helps is a loss below zero`() {
    let mixed = curve([(0.5, 0.2), (0.1, -0.05)])
    #expect(mixed.points.map(\.ratio) == [0.1, 0.5])
    #expect(mixed.ratio(atLoss: -0.05) == 0.1)
    // A fifth of the way from -0.05 to 0.2.
    #expect(abs((mixed.ratio(atLoss: 0) ?? 0) - 0.18) < 1e-12)
    #expect(curve([]).ratio(atLoss: 1) == nil)
  }

  @Test func `a plan leaves whole what always costs more, and never takes all channels`() {
    let curves = [
      curve([(0.5, 0.9)], group: "dear"), curve([(1, 0)], group: "free"),
      curve([(0.25, 0.1)], group: "fair"),
    ]
    #expect(LossCurve.plan(curves, loss: 0.1).cuts == ["free": .ratio(0.99), "fair": .ratio(0.25)])
  }

  @Test func `the least loss is found between two measured ones`() throws {
    let curves = [curve([(0.2, 0.1), (0.6, 0.3)])]
    // A ratio of 0.4 is at half of the way between them: a loss of 0.2.
    let found = try #require(
      LossCurve.leastLoss(curves) { plan in
        if case .ratio(let ratio)? = plan.cuts["g"] { ratio >= 0.4 } else { false }
      }
    )
    #expect(found >= 0.2 - 1e-6 && found < 0.2 + 1e-6)
    #expect(LossCurve.leastLoss(curves) { _ in false } == nil)
    #expect(LossCurve.leastLoss(curves) { _ in true } == 0.1)
    #expect(LossCurve.leastLoss([]) { _ in true } == nil)
  }

  @Test(arguments: ["conv1.w", "a=b", "a b", "é"])
  func `a curve survives its text, whatever its name`(name: String) throws {
    let curve = curve([(0.1, 0.02), (0.25, -1e-9)], group: name)
    #expect(try CurveText.curve(CurveText.text(curve)) == curve)
  }

  @Test(arguments: [
    "", "name", "=0.1:0.2", "n=0.1", "n=0.1:0.2:0.3", "n=a:0.1", "n=0.1:", "n=0.1,0.2",
  ])
  func `a text in another form is refused`(text: String) {
    let error = #expect(throws: PluginError.self) { try CurveText.curve(text) }
    #expect(error?.code == .invalidArgument)
  }

  @Test func `a curve without points has a name alone`() throws {
    #expect(try CurveText.curve("n=") == curve([], group: "n"))
  }
}
