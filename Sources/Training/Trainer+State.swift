import Graphs
import ModelFormats
import Models
import Operators
import Tensors

extension Trainer {
  /// All that a later process needs to go on with the same bits: weights, statistics, adapters, memories, smoothed weights.
  func arrays() throws -> [(name: String, array: Constant)] {
    try named().map { ($0.name, try $0.tensor.detached().moved(to: .cpu).constant()) }
  }

  /// Takes up what ``arrays()`` wrote.
  ///
  /// - Throws: ``TrainingError/otherRun(path:what:stored:wanted:)`` where names or shapes differ; `TensorError`.
  func restore(_ file: Safetensors, path: String, step: Int) throws {
    let wanted = named()
    let stored = Dictionary(file.arrays.map { ($0.name, $0.array) }) { first, _ in first }
    guard stored.count == wanted.count else {
      throw TrainingError.otherRun(
        path: path,
        what: "network or optimiser",
        stored: "\(stored.count) tensors",
        wanted: "\(wanted.count)"
      )
    }
    var pairs: [(Tensor, Constant)] = []
    for (name, tensor) in wanted {
      guard let array = stored[name], array.shape == tensor.shape else {
        throw TrainingError.otherRun(
          path: path,
          what: "network or optimiser",
          stored: stored[name].map { "'\(name)' is \($0.shape)" } ?? "no '\(name)'",
          wanted: "'\(name)' of \(tensor.shape)"
        )
      }
      pairs.append((tensor, array))
    }
    try withoutGradients {
      for (tensor, array) in pairs {
        // In place: the session, the optimiser and the smoothed weights hold these very tensors.
        try tensor.copyInPlace(array.tensor(on: device))
      }
    }
    self.step = step
  }

  private func named() -> [(name: String, tensor: Tensor)] {
    var result: [(name: String, tensor: Tensor)] = []
    let names = weights.weights.map(\.name)
    result += zip(names, parameters).map { ("parameters/\($0)", $1) }
    result += zip(weights.statistics, statistics).map { ("statistics/\($0)", $1) }
    let along = (distillation?.adapters ?? []).flatMap { adapter in
      [("\(adapter.name)/weight", adapter.weight), ("\(adapter.name)/bias", adapter.bias)]
    }
    result += along.map { ("adapters/\($0)", $1) }
    let moved = optimiser.groups.flatMap(\.tensors).map { tensor in
      parameters.firstIndex { $0 === tensor }.map { names[$0] }
        ?? along.first { $0.1 === tensor }.map { "adapters/\($0.0)" } ?? ""
    }
    for state in optimiser.state {
      for (index, tensor) in state.tensors.enumerated() {
        // A state with one tensor for all, such as a count, has no weight's name.
        let name = state.tensors.count == moved.count ? moved[index] : "\(index)"
        result.append(("optimiser/\(state.name)/\(name)", tensor))
      }
    }
    if let average {
      result += zip(names + weights.statistics, average.smoothed).map { ("smoothed/\($0)", $1) }
    }
    return result
  }
}
