import Pruning
import TestSupport
import Testing

struct LayerTableTests {
  @Test func `costs lie on the lines between what was measured, and stay beyond it`() {
    let table = LayerTable(first: [8, 16], second: [8, 24], measured: [[1, 3], [2, 6]])
    #expect(table.cost(8, 8) == 1)
    #expect(table.cost(16, 24) == 6)
    // By hand: the middle of 1 and 3, of 2 and 6, and of those two.
    #expect(table.cost(8, 16) == 2)
    #expect(table.cost(12, 16) == 3)
    #expect(table.cost(1, 1) == 1)
    #expect(table.cost(99, 99) == 6)
  }

  @Test(arguments: 0..<20)
  func `whatever was measured, a wider layer costs no less`(_ seed: UInt64) {
    var random = SeededNumbers(seed)
    let measured = (0..<4).map { _ in (0..<3).map { _ in Double(random.next() >> 58) } }
    let table = LayerTable(first: [8, 16, 40, 64], second: [1, 8, 32], measured: measured)
    // Lines are computed with a rounding of their own.
    let rounding = 1e-12
    for a in 0..<70 {
      for b in 0..<40 {
        #expect(table.cost(a, b) <= table.cost(a + 1, b) + rounding)
        #expect(table.cost(a, b) <= table.cost(a, b + 1) + rounding)
      }
    }
  }

  @Test func `what rises already stays as it was measured`() {
    let measured = [[1.0, 2, 4], [1.5, 2, 5]]
    #expect(LayerTable(first: [8, 16], second: [8, 16, 24], measured: measured).costs == measured)
  }

  @Test func `a fall is evened out to the middle`() {
    // By hand: rising 3, 3, 5; falling 2, 2, 5.
    let table = LayerTable(first: [1], second: [8, 16, 24], measured: [[3, 2, 5]])
    #expect(table.costs == [[2.5, 2.5, 5]])
  }

  @Test(arguments: [
    (8, 64, [8, 16, 32, 48, 64]), (8, 16, [8, 16]), (16, 16, [16]), (24, 40, [24, 32, 40]),
    (8, 20, [8, 16, 20]), (1, 3, [1, 3]),
  ])
  func `widths are measured at whole blocks and both ends`(least: Int, most: Int, wanted: [Int]) {
    #expect(LayerTable.lengths(from: least, to: most, block: 8) == wanted)
  }
}
