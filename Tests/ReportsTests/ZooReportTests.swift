import Files
import Foundation
import Pruning
import Reports
import Testing

/// The pruning table beside the page's, from rows that were written by hand.
struct ZooReportTests {
  private func rows(_ agree: [Bool]) throws -> [ZooCheck.Row] {
    let rows = agree.enumerated().map { place, agrees in
      """
      {"row": "net\(place)", "flopsCut": 66.9089, "sizeCut": 12.5, "convention": "one pixel",
       "multiplyAdds": [20000, 1000], "values": [300, 30], "printedFlopsCut": 66.9,
       "printedSizeCut": 12.5, "agrees": \(agrees)}
      """
    }
    let text = "[\(rows.joined(separator: ","))]"
    return try JSONDecoder().decode([ZooCheck.Row].self, from: Data(text.utf8))
  }

  @Test func `a row that is not the page's is seen`() throws {
    let report = ZooReport(try rows([true, false]))
    #expect(!report.agrees)
    let lines = report.text.split(separator: "\n").map(String.init)
    #expect(lines.first { $0.hasPrefix("net0") }?.hasSuffix(" yes") == true)
    #expect(lines.first { $0.hasPrefix("net1") }?.hasSuffix(" NO") == true)
    #expect(lines[2].contains("66.91  66.90     12.50  12.50         20 000  1 000"))
    #expect(report.json.items?.map { $0["agrees"] } == [.bool(true), .bool(false)])
  }

  @Test func `all must agree`() throws {
    #expect(ZooReport(try rows([true, true])).agrees)
    #expect(ZooReport(try rows([true])).json.items?.first?["multiplyAdds"] == [20000, 1000])
  }
}
