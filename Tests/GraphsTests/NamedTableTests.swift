import Graphs
import Testing

struct NamedTableTests {
  @Test func `keeps the order of insertion`() {
    var table: NamedTable<Int> = ["b": 1, "a": 2]
    table["c"] = 3
    table["b"] = 4
    #expect(table.names == ["b", "a", "c"])
    #expect(table.map(\.value) == [4, 2, 3])
    #expect(table.count == 3)
  }

  @Test(arguments: [3, 8, 9, 100])
  func `finds, replaces and removes at every length`(count: Int) {
    var table: NamedTable<Int> = [:]
    for index in 0..<count { table["n\(index)"] = index }
    for index in 0..<count { #expect(table["n\(index)"] == index) }
    #expect(table["missing"] == nil)
    table["n1"] = nil
    table["missing"] = nil
    #expect(table.count == count - 1)
    #expect(table["n1"] == nil)
    for index in 2..<count { #expect(table["n\(index)"] == index) }
    table["n1"] = 7
    #expect(table.names.last == "n1")
    table.filter { _, value in value == 7 }
    #expect(table.contains { $0.name == "n1" })
    while let name = table.names.first { table[name] = nil }
    #expect(table.isEmpty)
  }

  @Test func `refuses to insert a name twice`() {
    var table: NamedTable<Int> = [:]
    let first = table.insert(1, named: "a")
    let second = table.insert(2, named: "a")
    #expect(first && !second)
    #expect(table["a"] == 1)
  }

  @Test func `is equal only with the same names in the same order`() {
    let table: NamedTable<Int> = ["a": 1, "b": 2]
    #expect(table == ["a": 1, "b": 2])
    #expect(table != ["b": 2, "a": 1])
    #expect(table != ["a": 1])
    #expect(table.hashValue == NamedTable(dictionaryLiteral: ("a", 1), ("b", 2)).hashValue)
  }

  @Test func `grown and shrunk tables equal those built short`() {
    var long: NamedTable<Int> = [:]
    for index in 0..<20 { long["n\(index)"] = index }
    long.filter { _, value in value < 2 }
    #expect(long == ["n0": 0, "n1": 1])
  }
}
