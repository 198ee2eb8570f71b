import Reports
import Testing

struct FiguresTests {
  @Test(arguments: [
    (0, "0"), (7, "7"), (999, "999"), (1000, "1 000"), (24_531_648, "24 531 648"),
    (-1234, "-1 234"), (Int.min, "-9 223 372 036 854 775 808"),
  ])
  func `groups thousands`(value: Int, text: String) { #expect(Figures.grouped(value) == text) }

  @Test(arguments: [
    (66.9089, 2, "66.91"), (0.005, 2, "0.01"), (-0.001, 2, "0.00"), (1.0, 0, "1"),
    (-2.5, 0, "-3"), (99.999, 2, "100.00"), (12.3, 3, "12.300"), (Double.nan, 2, "-"),
  ])
  func `fixes decimals`(value: Double, decimals: Int, text: String) {
    #expect(Figures.fixed(value, decimals) == text)
  }

  @Test
  func `chooses units`() {
    #expect(Figures.bytes(98_439_924) == "93.9 MiB")
    #expect(Figures.bytes(12) == "12 B")
    #expect(Figures.count(10_374_475_776) == "10.4 G")
    #expect(Figures.count(999) == "999")
    #expect(Figures.change(from: 200, to: 100) == "-50.0 %")
    #expect(Figures.change(from: 0, to: 100) == "")
  }
}
