import Evaluation
import Files
import Operators
import TestSupport
import Testing

struct LatencyTableTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func table(_ text: String) throws -> LatencyTable {
    try LatencyTable(reading: folder.write(text, to: "table.tsv"))
  }

  /// 3×3 over 8 of 320×240, depthwise.
  private let depthwise = SquareConvolution(
    hasBias: false,
    rectifies: true,
    channels: 8,
    height: 240,
    width: 320,
    filters: 16,
    groups: 8,
    kernel: 3,
    padding: 1,
    stride: 2,
    dilation: 1
  )

  @Test func `a key states every number in the format's order`() {
    #expect(depthwise.latencyKey == "conv,0,1,1,8,240,320,16,8,3,1,2,1")
    #expect(SquareConvolution(latencyKey: "conv,0,1,1,8,240,320,16,8,3,1,2,1") == depthwise)
    #expect(
      SquareConvolution(latencyKey: "conv, 0, 1, 1, 8, 240, 320, 16, 8, 3, 1, 2, 1") == depthwise
    )
    for other in [
      "conv,0,1,4,8,240,320,16,8,3,1,2,1", "conv,2,1,1,8,240,320,16,8,3,1,2,1",
      "conv,0,1,1,8,240,320,16,8,3,1,2", "conv,0,1,1,8,240,320,16,8,3,1,2,1,1",
      "pool,0,1,1,8,240,320,16,8,3,1,2,1", "conv,0,1,1,8,240,320,16,8,3,1,2,x",
      "conv,0,1,1,8,240,320,16,8,3,-1,2,1",
    ] {
      #expect(SquareConvolution(latencyKey: other) == nil, "\(other)")
    }
  }

  @Test(arguments: ["\n", "\r\n"])
  func `a table is read whatever ends its lines, a byte order mark before it`(
    _ end: String
  ) throws {
    let lines = [
      "\u{FEFF}op_type\t855\tus", "conv,0,1,1,8,240,320,16,8,3,1,2,1\t2433", "",
      "conv,0,0,1,8,240,320,16,1,1,0,1,1\t 0.5 ", "",
    ]
    let table = try table(lines.joined(separator: end))
    #expect(table.hardware == "855")
    #expect(table.rows.count == 2)
    #expect(table[depthwise] == 2433)
    #expect(table.rows[1].microseconds == 0.5)
  }

  @Test func `what is written reads back the same, rows of other operators too`() throws {
    let text = """
      op_type\tboard of ours\tus
      conv,0,1,1,8,240,320,16,8,3,1,2,1\t2433
      batch_norm,None,1,8,240,320\t12.25
      conv,0,0,1,8,240,320,16,1,3,1,1,1,1\t7

      """
    var table = try table(text)
    #expect(table.text == text)
    var other = depthwise
    other.stride = 1
    table[other] = 3.75
    table[depthwise] = 5
    let path = folder.path("again.tsv")
    try table.write(to: path)
    let again = try LatencyTable(reading: path)
    #expect(again == table)
    #expect(again.rows.map(\.microseconds) == [5, 12.25, 7, 3.75])
    #expect(try File.text(of: path).hasSuffix("conv,0,1,1,8,240,320,16,8,3,1,1,1\t3.75\n"))
  }

  @Test func `a machine's name cannot break the first line`() {
    #expect(LatencyTable(hardware: "a\tb\nc").text == "op_type\tabc\tus\n")
  }

  @Test func `a key that stands twice with one time is one row`() throws {
    let table = try table(
      "op_type\tx\tus\nconv,0,0,1,1,2,2,1,1,1,0,1,1\t4\nconv,0,0,1,1,2,2,1,1,1,0,1,1\t4.0\n"
    )
    #expect(table.rows.count == 1)
  }

  @Test(
    arguments: [
      ("", 1, "without a line"), ("\n \n", 1, "without a line"),
      ("conv,0,0,1,1,2,2,1,1,1,0,1,1\t4\n", 1, "is not the first line"),
      ("engine\t855\tus\n", 1, "is not the first line"),
      ("op_type\t855\tms\n", 1, "the unit is 'ms'"),
      ("op_type\tx\tus\n\nconv,0,0,1,1,2,2,1,1,1,0,1,1\n", 3, "1 field, not 2"),
      ("op_type\tx\tus\nconv,0,0,1,1,2,2,1,1,1,0,1,1\t4\t5\n", 2, "3 fields, not 2"),
      ("op_type\tx\tus\nconv,0,0,1,1,2,2,1,1,1,0,1,1 4\n", 2, "1 field, not 2"),
      ("op_type\tx\tus\nconv,0,0,1,1,2,2,1,1,1,0,1,1\tnan\n", 2, "'nan' is no time"),
      ("op_type\tx\tus\nconv,0,0,1,1,2,2,1,1,1,0,1,1\tinf\n", 2, "'inf' is no time"),
      ("op_type\tx\tus\nconv,0,0,1,1,2,2,1,1,1,0,1,1\t-1\n", 2, "'-1' is no time"),
      ("op_type\tx\tus\nconv,0,0,1,1,2,2,1,1,1,0,1,1\t\n", 2, "'' is no time"),
      ("op_type\tx\tus\nconv,0,0,1,1,2,2,1\t4\n", 2, "is not a key"),
      ("op_type\tx\tus\nconv,0,2,1,1,2,2,1,1,1,0,1,1\t4\n", 2, "is not a key"),
      ("op_type\tx\tus\n\t4\n", 2, "is not a key"),
      (
        "op_type\tx\tus\nconv,0,0,1,1,2,2,1,1,1,0,1,1\t4\n\nconv,0,0,1,1,2,2,1,1,1,0,1, 1\t5\n", 4,
        "another time here than in line 2"
      ),
    ]
  )
  func `a file that is no table is refused by its line`(
    _ text: String,
    _ line: Int,
    _ hint: String
  ) throws {
    let path = try folder.write(text, to: "table.tsv")
    let error = #expect(throws: LatencyTableError.self) { try LatencyTable(reading: path) }
    let said = error.map { "\($0)" } ?? ""
    #expect(said.hasPrefix("\(path):\(line): "), "\(said)")
    #expect(said.contains(hint), "\(said)")
  }

  @Test func `a file that is not there, or in another encoding, is named`() throws {
    let path = folder.path("none.tsv")
    let missing = #expect(throws: LatencyTableError.self) { try LatencyTable(reading: path) }
    #expect(missing.map { "\($0)" }?.contains("'\(path)'") == true)
    let wide = folder.path("wide.tsv")
    try File.write([0xFF, 0xFE, 0x6F, 0], to: wide)
    let error = #expect(throws: LatencyTableError.self) { try LatencyTable(reading: wide) }
    #expect(error.map { "\($0)" }?.contains("UTF-16; save it as UTF-8") == true)
  }
}
