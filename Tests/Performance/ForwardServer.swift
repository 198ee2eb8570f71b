import Files
import Glibc
import Graphs
import ModelFormats
import Models
import Operators
import Tensors

/// Espalier's side of forward.py: times forward passes whenever it is asked, so that peers can take turns.
enum ForwardServer {
  /// Prints `ready`, then answers each line that holds a number with the seconds of that many passes, as JSON.
  static func run(_ path: String, mode: Session.Mode) throws {
    try Runtime.setThreadCount(2)
    let model = try Model.read(path)
    let drawn = try ModelInputs(model).drawing(seed: 0, beside: [:])
    let inputs = try drawn.mapValues { try $0.tensor() }
    let session = Session(model.graph, operators: model.operators, mode: mode)
    // Nothing is kept, so that every run executes the whole network.
    for _ in 0..<3 { _ = try session.run(inputs, keeping: false) }
    say("ready")
    while let line = readLine(), let count = Int(line) {
      var seconds: [JSONValue] = []
      for _ in 0..<count {
        let start = ContinuousClock.now
        _ = try session.run(inputs, keeping: false)
        seconds.append(.double((ContinuousClock.now - start) / .seconds(1)))
      }
      say(JSONValue.array(seconds).line)
    }
  }

  private static func say(_ line: String) {
    print(line)
    fflush(nil)
  }
}
