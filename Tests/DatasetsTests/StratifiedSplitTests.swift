import Datasets
import Foundation
import TestSupport
import Testing

struct StratifiedSplitTests {
  private let names = (0..<200).map { "n\($0)" }

  /// Classes of falling frequency: class k is in every image whose number 2^k divides; 6 is in three images.
  private var classes: [Set<Int>] {
    (0..<200).map { number in Set((0..<7).filter { number % (1 << $0) == 0 }) }
  }

  @Test(arguments: [0, 1, 2, 3], [[0.8, 0.1, 0.1], [0.5, 0.5], [0.98, 0.01, 0.01]])
  func `every class that can be is in every part`(seed: Int, ratios: [Double]) {
    let split = StratifiedSplit(classes, names: names, SeededSplit(ratios: ratios, seed: seed))
    #expect(split.uncovered == [])
    for category in 0..<7 {
      let parts = Set(
        names.indices.filter { classes[$0].contains(category) }.map { split.parts[$0] }
      )
      #expect(parts == Set(ratios.indices), "class \(category)")
    }
  }

  @Test func `parts and classes have their shares`() {
    let split = StratifiedSplit(
      classes,
      names: names,
      SeededSplit(ratios: [0.6, 0.2, 0.2], seed: 7)
    )
    for (part, share) in [0.6, 0.2, 0.2].enumerated() {
      let members = names.indices.filter { split.parts[$0] == part }
      #expect(abs(Double(members.count) - share * 200) <= 6)
      for category in 0..<4 {
        let all = classes.count { $0.contains(category) }
        let own = members.count { classes[$0].contains(category) }
        #expect(abs(Double(own) - share * Double(all)) <= 3, "class \(category) of part \(part)")
      }
    }
  }

  @Test func `a seed gives the same parts whatever order images come in`() {
    let rule = SeededSplit(ratios: [0.8, 0.1, 0.1], seed: 5)
    let forward = StratifiedSplit(classes, names: names, rule).parts
    let backward = StratifiedSplit(classes.reversed(), names: names.reversed(), rule).parts
    #expect(forward == Array(backward.reversed()))
    let other = StratifiedSplit(classes, names: names, SeededSplit(ratios: rule.ratios, seed: 6))
    #expect(other.parts != forward)
  }

  @Test func `what cannot be in every part is told`() {
    // Both classes are in the same two images, beside a class in each that is nowhere else.
    let split = StratifiedSplit(
      [[0], [0]],
      names: ["a", "b"],
      SeededSplit(ratios: [1, 1, 1], seed: 0)
    )
    #expect(split.uncovered == [])
    #expect(Set(split.parts).count == 2)
  }
}
