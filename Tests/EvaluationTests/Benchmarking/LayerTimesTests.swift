import Evaluation
import Foundation
import TestSupport
import Testing

struct LayerTimesTests {
  @Test func `times that were added are there for the next process`() throws {
    let folder = try ScratchFolder()
    let path = folder.path("deep/times.tsv")
    var times = try LayerTimes(path, surroundings: "here")
    try times.add([("a", 1.5), ("b", 2)])
    try times.add([("c", 0.25)])
    let again = try LayerTimes(path, surroundings: "here")
    #expect([again["a"], again["b"], again["c"], again["d"]] == [1.5, 2, 0.25, nil])
  }

  @Test func `two that write do not take each other's times away`() throws {
    let folder = try ScratchFolder()
    let path = folder.path("times.tsv")
    var (one, other) = (
      try LayerTimes(path, surroundings: "here"), try LayerTimes(path, surroundings: "here")
    )
    try one.add([("a", 1)])
    try other.add([("b", 2)])
    let both = try LayerTimes(path, surroundings: "here")
    #expect(both["a"] == 1 && both["b"] == 2)
  }

  @Test(arguments: [
    ("espalier layer times 1\tthere\n", 1, "the times are of 'there'"),
    ("op_type\tx\tus\n", 1, "no file of layer times"),
    ("espalier layer times 1\there\na\t1\nb\t-2\n", 3, "no hash with its milliseconds"),
  ])
  func `a file of others is refused at its line`(text: String, line: Int, reason: String) throws {
    let folder = try ScratchFolder()
    let path = try folder.write(text, to: "times.tsv")
    let fault = #expect(throws: LayerTimes.Fault.self) {
      _ = try LayerTimes(path, surroundings: "here")
    }
    #expect(fault?.line == line)
    #expect(fault?.reason.contains(reason) == true, "\(fault?.reason ?? "")")
  }

  @Test func `the cache folder has a file for each surroundings`() {
    let home = { (name: String) in name == "HOME" ? "/home/a" : nil }
    let one = LayerTimes.standardPath(surroundings: "here", environment: home)
    let other = LayerTimes.standardPath(surroundings: "there", environment: home)
    #expect(one?.hasPrefix("/home/a/.cache/espalier/latency/") == true)
    #expect(one != other)
    #expect(LayerTimes.standardPath(surroundings: "here", environment: { _ in nil }) == nil)
  }
}
