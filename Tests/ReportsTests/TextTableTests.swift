import Reports
import Testing

struct TextTableTests {
  @Test
  func `makes each column as wide as its widest cell`() {
    var table = TextTable([.words("op"), .numbers("n"), .words("x")])
    table.add(["Conv", "12 345", ""])
    table.addRule()
    table.add(["total", "7"])
    #expect(
      table.text == """
        op          n  x
        -----  ------  -
        Conv   12 345
        -----  ------  -
        total       7

        """
    )
  }

  @Test
  func `shortens long cells in their middle`() {
    var table = TextTable([.words("name", limit: 9)])
    table.add(["abcdefghijklmnop"])
    #expect(table.text == "name\n---------\nabcd…mnop\n")
  }

  @Test func `a table without rows is its head and the rule`() {
    #expect(TextTable([.words("a"), .numbers("bcd")]).text == "a  bcd\n-  ---\n")
  }

  @Test func `a row has as many cells as there are columns`() {
    var table = TextTable([.words("a"), .numbers("b")])
    table.add(["1", "2", "3"])
    table.add([])
    #expect(table.text == "a  b\n-  -\n1  2\n\n")
  }

  @Test(arguments: [
    (9, "123456789", "123456789"), (9, "123456789x", "1234…789x"), (8, "123456789", "123…6789"),
    (2, "abc", "…c"), (1, "ab", "…"),
  ])
  func `a cell longer than its column may be loses its middle, another nothing`(
    limit: Int,
    cell: String,
    shown: String
  ) {
    var table = TextTable([.words("", limit: limit)])
    table.add([cell])
    #expect(table.text.split(separator: "\n").last.map(String.init) == shown)
  }

  @Test func `a letter is a place, however many bytes it has`() {
    var table = TextTable([.numbers("n"), .words("x")])
    table.add(["∞", "é"])
    table.add(["3×4", "ab"])
    #expect(table.text == "  n  x\n---  --\n  ∞  é\n3×4  ab\n")
  }

  @Test func `a head wider than all cells makes the column`() {
    var table = TextTable([.numbers("longest"), .words("w")])
    table.add(["-1", "x"])
    #expect(table.text == "longest  w\n-------  -\n     -1  x\n")
  }

  @Test func `rules are as long as the table is wide, wherever they stand`() {
    var table = TextTable([.words("a")])
    table.addRule()
    table.add(["long"])
    table.addRule()
    #expect(table.text == "a\n----\n----\nlong\n----\n")
  }

  @Test func `numbers are never shortened below forty-eight places`() {
    var table = TextTable([.numbers("n")])
    let digits = String(repeating: "7", count: 48)
    table.add([digits])
    #expect(table.text.contains(digits))
  }
}
