package import Tensors

/// The computed values of one run, and how often each is still to be read.
struct Frame {
  private(set) var values: [Tensor?]
  /// Reads to come, by slot.
  var uses: [Int]
  private(set) var peakValues = 0
  private(set) var peakBytes = 0
  private var alive = 0
  private var bytes = 0

  init(count: Int) {
    values = [Tensor?](repeating: nil, count: count)
    uses = [Int](repeating: 0, count: count)
  }

  mutating func add(_ slot: Int, _ tensor: Tensor) {
    values[slot] = tensor
    alive += 1
    bytes += tensor.byteCount
    peakValues = max(peakValues, alive)
    peakBytes = max(peakBytes, bytes)
  }

  /// Counts one read of a slot; the value goes with the last.
  mutating func release(_ slot: Int) {
    guard uses[slot] > 0 else { return }
    uses[slot] -= 1
    guard uses[slot] == 0, let tensor = values[slot] else { return }
    alive -= 1
    bytes -= tensor.byteCount
    values[slot] = nil
  }
}

extension Tensor {
  /// Bytes of the elements, wherever they lie.
  package var byteCount: Int { count * dtype.byteCount }
}
