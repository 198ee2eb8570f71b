import Files
package import Models
package import Operators

/// A latency table of this machine that is a file, and grows by a convolution at a time: whenever the process ends, what it had timed
/// is there.
package struct LatencyTableFile {
  package let path: String
  package private(set) var table: LatencyTable

  private let latency: MeasuredLatency

  /// Begins a table, or resumes the one that the file holds.
  ///
  /// - Parameters:
  ///   - path: the file; it need not be there.
  ///   - processor: the machine's name.
  ///   - latency: measures; its runtime and threads are part of what the table names as its machine.
  ///   - isFresh: whether a file that is there gives way.
  /// - Throws: ``LatencyTableError`` for a file that is no latency table, or one of another machine, runtime or number of threads.
  package init(
    _ path: String,
    processor: String,
    latency: MeasuredLatency,
    isFresh: Bool = false
  ) throws(LatencyTableError) {
    self.path = path
    self.latency = latency
    let empty = LatencyTable(hardware: "\(processor), \(latency.surroundings)")
    guard !isFresh, File.exists(path) else {
      table = empty
      return
    }
    table = try LatencyTable(reading: path)
    guard table.hardware == empty.hardware else {
      throw .line(path, 1, .hardware(table.hardware, here: empty.hardware))
    }
  }

  /// The convolutions of models that the table lacks, each once, with the bias and the ReLU that runtimes compute with them.
  package func missing(of models: [Model]) -> [SquareConvolution] {
    var found: [SquareConvolution] = []
    var seen: Set<SquareConvolution> = []
    for model in models {
      for layer in model.operators.convolutions(in: model.graph, facts: model.facts) {
        guard let square = try? layer.work.get(), table[square] == nil,
          seen.insert(square).inserted
        else { continue }
        found.append(square)
      }
    }
    return found
  }

  /// Times convolutions, each as a network of its own, and writes the table after each.
  ///
  /// - Throws: what ``MeasuredLatency/latency(of:)`` throws, `FileError`.
  package mutating func measure(
    _ convolutions: [SquareConvolution],
    now: () -> Double = LatencyTurns.seconds,
    tell: (RunEvent) -> Void = { _ in }
  ) throws {
    // A file that cannot be written is told before anything is timed.
    try table.write(to: path)
    let start = now()
    for (done, convolution) in convolutions.enumerated() {
      let key = convolution.latencyKey
      let secondsLeft =
        done == 0 ? nil : (now() - start) / Double(done) * Double(convolutions.count - done)
      tell(
        .timing(.init(key: key, done: done, all: convolutions.count, secondsLeft: secondsLeft))
      )
      let model = try Model.analysed(key, convolution.network, inputSize: nil)
      // Hundredths of a microsecond are less than any clock's noise.
      table[convolution] = (1e8 * (try latency.latency(of: model).median)).rounded() / 100
      try table.write(to: path)
    }
  }
}

@available(*, unavailable) extension LatencyTableFile: Sendable {}
