import Detection
import Foundation
import TestSupport
import Testing

struct LeastAssignmentTests {
  private struct Known: Decodable {
    let cost: [Double]
    /// By trying all, or by scipy where they are too many; nil without it.
    let least: Double?
  }

  @Test(
    .enabled(if: Python.isPresent, Comment(rawValue: Python.reason)),
    arguments: [
      (1, 4, 4), (2, 4, 4), (3, 3, 7), (4, 3, 7), (5, 7, 3), (6, 7, 3), (7, 1, 5), (8, 5, 1),
      (9, 6, 6), (10, 6, 6), (11, 40, 300), (12, 40, 300), (13, 60, 50),
    ]
  )
  func `the sum is the least that there is`(_ seed: Int, _ rows: Int, _ columns: Int) throws {
    let data = try SupervisedCase.python(["assign", "\(seed)", "\(rows)", "\(columns)"])
    let known = try JSONDecoder().decode(Known.self, from: data)
    let found = LeastAssignment.columns(rows: rows, columns: columns) {
      known.cost[$0 * columns + $1]
    }
    let pairs = found.enumerated().compactMap { row, column in column.map { (row, $0) } }
    #expect(found.count == rows)
    #expect(pairs.count == min(rows, columns))
    #expect(Set(pairs.map(\.1)).count == pairs.count)
    let sum = pairs.reduce(0) { $0 + known.cost[$1.0 * columns + $1.1] }
    if let least = known.least { #expect(abs(sum - least) < 1e-9 * max(1, abs(least))) }
  }

  @Test func `nothing is assigned where there is nothing`() {
    #expect(LeastAssignment.columns(rows: 0, columns: 3) { _, _ in 0 } == [])
    #expect(LeastAssignment.columns(rows: 2, columns: 0) { _, _ in 0 } == [nil, nil])
  }

  @Test func `costs that are no numbers end the search, too`() {
    let found = LeastAssignment.columns(rows: 2, columns: 3) { row, column in
      row == 0 ? .nan : column == 1 ? 0 : .infinity
    }
    #expect(found[1] == 1)
    #expect(found[0] != nil && found[0] != 1)
  }
}
