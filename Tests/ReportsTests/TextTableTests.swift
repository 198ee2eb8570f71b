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
}
