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

  @Test(arguments: [
    (0, "0 B"), (1023, "1023 B"), (1024, "1.00 KiB"), (10 * 1024 - 6, "9.99 KiB"),
    (10 * 1024, "10.0 KiB"), (100 * 1024, "100 KiB"), (1 << 20, "1.00 MiB"),
    (3 << 29, "1.50 GiB"), (1 << 40, "1.00 TiB"), (1 << 50, "1024 TiB"),
  ])
  func `bytes have three digits in the unit that fits, the last unit as many as they take`(
    count: Int,
    text: String
  ) { #expect(Figures.bytes(count) == text) }

  @Test(arguments: [
    (0, "0"), (-999, "-999"), (1000, "1.00 K"), (-1500, "-1.50 K"), (12_345, "12.3 K"),
    (123_456, "123 K"), (1_000_000, "1.00 M"), (2_500_000_000_000, "2.50 T"),
    (1_000_000_000_000_000_000, "1000 P"),
  ])
  func `counts have three digits in the unit that fits`(count: Int, text: String) {
    #expect(Figures.count(count) == text)
  }

  @Test(arguments: [
    (3, 4, "33.3 %"), (100, 100, "0.0 %"), (100, 0, "-100.0 %"), (100, 250, "150.0 %"),
    (3, 1, "-66.7 %"), (1_000_000, 999_999, "0.0 %"), (-1, 5, ""),
  ])
  func `a change is in percent of what was before, growth without a sign`(
    before: Int,
    after: Int,
    text: String
  ) { #expect(Figures.change(from: before, to: after) == text) }

  @Test(arguments: [
    (0.125, 2, "0.13"), (-0.125, 2, "-0.13"), (0.05, 1, "0.1"),
    (-0.0, 2, "0.00"), (-0.004, 2, "0.00"), (9.995e14, 0, "999500000000000"), (1e15, 0, "-"),
    (-1e15, 2, "-"), (.infinity, 1, "-"), (-.infinity, 0, "-"), (0.5, 0, "1"), (0.49, 0, "0"),
  ])
  func `halves are rounded away from zero, and what has no figure is a dash`(
    value: Double,
    decimals: Int,
    text: String
  ) { #expect(Figures.fixed(value, decimals) == text) }
}
