import Datasets
import Testing

struct DataProblemTests {
  @Test func `a problem reads as path, line and sentence`() {
    let problem = DataProblem(.degenerateBox, path: "a.xml", line: 7, message: "the box is empty")
    #expect("\(problem)" == "a.xml:7: the box is empty")
  }
}
