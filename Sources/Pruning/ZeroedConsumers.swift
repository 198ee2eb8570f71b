package import Graphs
import Operators

extension ChannelPruning {
  /// The uncut graph in which the input slices that a cut would take from every consumer are zero.
  ///
  /// The small graph is right when it gives the outputs of this one. (Zeroing the producers' filters would not
  /// do: biases and sigmoids make something of nothing.)
  package func zeroedConsumers(_ pruning: ResolvedPruning) -> Graph {
    var zeroed = graph
    let roots = groups.analysis.roots
    for use in groups.analysis.uses where use.role == .consumer {
      let gone = use.slots.indices.filter { pruning.classes.contains(roots[Int(use.slots[$0])]) }
      guard !gone.isEmpty, let constant = zeroed.constants[use.constant] else { continue }
      zeroed.constants[use.constant] = constant.zeroing(gone, axis: use.axis)
    }
    return zeroed
  }
}

extension Constant {
  /// The constant with zeros at some indices of an axis.
  func zeroing(_ indices: [Int], axis: Int) -> Constant {
    let size = shape[axis]
    let inner = shape[(axis + 1)...].reduce(type.bitCount / 8, *)
    var result = self
    result.bytes = unsafe bytes.withUnsafeBytes { source in
      unsafe Bytes(count: source.count) { target in
        unsafe target.copyMemory(from: source)
        guard inner > 0, size > 0 else { return }
        for row in 0..<source.count / (inner * size) {
          for index in indices {
            let start = (row * size + index) * inner
            unsafe UnsafeMutableRawBufferPointer(rebasing: target[start..<start + inner])
              .initializeMemory(as: UInt8.self, repeating: 0)
          }
        }
      }
    }
    return result
  }
}
