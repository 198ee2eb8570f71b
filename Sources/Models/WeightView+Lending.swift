package import Graphs
package import PluginKit

extension WeightView {
  /// A constant's values, in its own memory where they are floats at an address for floats.
  ///
  /// - Throws: ``PluginError/Code/unimplemented`` for a constant without numbers.
  package init(lending constant: Constant, named name: String) throws(PluginError) {
    if constant.type == .float32, let owner = constant.bytes.owner {
      let lent = unsafe constant.bytes.withUnsafeBytes { bytes -> WeightView? in
        // A file may hold its weights at any address; floats are lent only where they are aligned.
        guard UInt(bitPattern: bytes.baseAddress) % 4 == 0 else { return nil }
        return unsafe WeightView(
          bytes.assumingMemoryBound(to: Float.self),
          owner: owner,
          shape: constant.shape
        )
      }
      if let lent {
        self = lent
        return
      }
    }
    guard let floats = constant.floats ?? constant.integers?.map({ Float($0) }) else {
      throw PluginError(
        .unimplemented,
        "the weight '\(name)' of type \(constant.type) has no numbers to score"
      )
    }
    self.init(floats, shape: constant.shape)
  }
}
