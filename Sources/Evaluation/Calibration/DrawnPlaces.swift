package import Datasets
package import Tensors

/// Places of one layer's result, for what looks at some of them only.
package enum DrawnPlaces {
  /// The indices of places: all where there are few, else drawn, some perhaps twice.
  ///
  /// - Parameters:
  ///   - count: how many there are.
  ///   - most: how many to take, at most; one at least.
  ///   - random: what they are drawn by.
  ///   - device: where the indices are wanted.
  /// - Returns: a vector of whole numbers.
  /// - Throws: `TensorError` where they cannot be brought there.
  package static func indices(
    _ count: Int,
    most: Int,
    random: SampleRandom,
    on device: Device
  ) throws -> Tensor {
    let most = max(1, most)
    guard count > most else {
      return try Tensor((0..<Int64(count)).map { $0 }, shape: [count]).moved(to: device)
    }
    var random = random
    let drawn = (0..<most).map { _ in Int64(random.index(below: count)) }
    return try Tensor(drawn, shape: [most]).moved(to: device)
  }
}
